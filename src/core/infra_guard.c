/* The last look at a text that is about to become public. Deliberately coarse: keeping back a
 * harmless text costs a word to the operator, letting an address through cannot be undone. */
#include "core/infra.h"

static bool digit(char c) { return c >= '0' && c <= '9'; }
static bool hex(char c) { return digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }
static char low(char c) { return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c; }
static bool letter(char c) { return (low(c) >= 'a' && low(c) <= 'z') || (c & 0x80); }
static char at(rk_slice s, size_t i) { return i < s.len ? s.ptr[i] : 0; }

static size_t blanks(rk_slice s, size_t i) {
    while (at(s, i) == ' ' || at(s, i) == '\t') i++;
    return i;
}

/* ===== addresses ===== */

/* "." between octets, also written " . ", "[.]", "(.)", "[dot]", "(dot)", or "-" and "_" as in
 * host names that are made of addresses; 0 = none. */
static size_t dot(rk_slice s, size_t from) {
    if (at(s, from) == '-' || at(s, from) == '_') return from + 1;
    size_t i = blanks(s, from);
    char open = at(s, i);
    bool wrapped = open == '[' || open == '(';
    i = blanks(s, i + wrapped);
    if (at(s, i) == '.')
        i++;
    else if (wrapped && low(at(s, i)) == 'd' && low(at(s, i + 1)) == 'o' &&
             low(at(s, i + 2)) == 't')
        i += 3;
    else
        return 0;
    i = blanks(s, i);
    if (wrapped && at(s, i) != ']' && at(s, i) != ')') return 0;
    return blanks(s, i + wrapped);
}

/* An octet: up to three digits, or x, xxx, * for one that was struck out; 0 = none. */
static size_t octet(rk_slice s, size_t i) {
    size_t from = i;
    unsigned v = 0;
    while (digit(at(s, i)) && i - from < 4) v = v * 10 + (unsigned)(s.ptr[i++] - '0');
    if (i > from) return v <= 255 && i - from <= 3 ? i : 0; /* "1.234.567.890" is rupiah */
    while (low(at(s, i)) == 'x' || at(s, i) == '*') i++;
    return i > from && i - from <= 3 ? i : 0;
}

static bool ipv4_at(rk_slice s, size_t i) {
    unsigned octets = 0;
    size_t end = 0;
    if (!digit(at(s, i)) || (i && digit(s.ptr[i - 1]))) return false;
    while (octets < 4 && (end = octet(s, i)) != 0) {
        octets++;
        i = end;
        size_t next = dot(s, i);
        if (!next) break;
        i = next;
    }
    if (octets == 4) return true;
    return octets == 3 && at(s, i) == '/' && digit(at(s, i + 1)); /* 10.0.0/24 */
}

/* A run of hexadecimal digits and colons: "::" or five colons make an address (MAC or IPv6). */
static bool colons_at(rk_slice s, size_t i) {
    unsigned colons = 0, digits = 0;
    bool twice = false;
    if (i && (hex(s.ptr[i - 1]) || s.ptr[i - 1] == ':')) return false;
    for (; hex(at(s, i)) || at(s, i) == ':'; i++) {
        if (s.ptr[i] == ':') {
            colons++;
            twice |= at(s, i + 1) == ':';
        } else {
            digits++;
        }
    }
    return (twice && digits) || colons >= 5;
}

/* Six pairs with '-' or '.': the other spellings of a MAC address. */
static bool mac_at(rk_slice s, size_t i) {
    if (i && (hex(s.ptr[i - 1]) || s.ptr[i - 1] == '-')) return false;
    for (unsigned pair = 0; pair < 6; pair++, i += 2) {
        if (pair && at(s, i) != '-' && at(s, i) != '.') return false;
        i += pair > 0;
        if (!hex(at(s, i)) || !hex(at(s, i + 1))) return false;
    }
    return !hex(at(s, i));
}

/* Four decimals or more, or a degree sign after a digit: a place on the map. */
static bool coordinate_at(rk_slice s, size_t i) {
    if (!digit(at(s, i)) || (i && (digit(s.ptr[i - 1])))) return false;
    while (digit(at(s, i))) i++;
    if (at(s, i) == (char)0xc2 && at(s, i + 1) == (char)0xb0) return true;
    if (at(s, i) != '.' && at(s, i) != ',') return false;
    size_t from = ++i;
    while (digit(at(s, i))) i++;
    return i - from >= 4;
}

/* ===== places ===== */

/* Words that begin an exact place; '#' = only when a number follows. */
static const char *const PLACE[] = {
    "jl",     "jln",     "jalan",   "gg",   "gang",  "rt#",    "rw#",     "kav",     "kavling",
    "blok",   "lantai#", "lt#",     "rak#", "rack#", "gedung", "menara",  "street",  "building",
    "floor#", "suite#",  "kodepos", "pos#", "ruang", "lot#",   "komplek", "kompleks"};

static bool word_is(rk_slice s, size_t i, const char *w, size_t *end) {
    for (; *w && *w != '#'; w++, i++)
        if (low(at(s, i)) != *w) return false;
    if (letter(at(s, i))) return false;
    if (at(s, i) == '.') i++;
    *end = blanks(s, i);
    return *w != '#' || digit(at(s, *end));
}

static bool place_at(rk_slice s, size_t i) {
    size_t end;
    if (i && (letter(s.ptr[i - 1]) || digit(s.ptr[i - 1]))) return false;
    for (size_t w = 0; w < sizeof PLACE / sizeof *PLACE; w++)
        if (word_is(s, i, PLACE[w], &end) && end < s.len) return true;
    return false;
}

const char *rk_infra_guard(rk_slice s) {
    for (size_t i = 0; i < s.len; i++) {
        if (ipv4_at(s, i)) return "an IP address";
        if (colons_at(s, i)) return "an IP or hardware address";
        if (mac_at(s, i)) return "a hardware address";
        if (coordinate_at(s, i)) return "coordinates";
        if (place_at(s, i)) return "an exact place";
    }
    return NULL;
}
