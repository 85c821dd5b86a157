/* The AVX2 version of the CSV loops (built with -mavx2 -mbmi -mbmi2 -mpopcnt; used only where
 * the processor has them). Index: compare 64 bytes at a time, then turn the bit mask into
 * offsets. Decode: gather the 4 bytes before each delimiter, clear those that are not of the
 * field, and let two multiply-adds turn them into a number, eight fields at a time. */
#include "base/csv_kernel.h"

#if defined(__AVX2__) && defined(__BMI__) && defined(__POPCNT__)
#include <immintrin.h>

static uint64_t bits(__m256i lo, __m256i hi, __m256i what) {
    uint32_t a = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(lo, what));
    uint32_t b = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(hi, what));
    return a | (uint64_t)b << 32;
}

static size_t flatten(uint64_t m, uint32_t base, uint32_t *out) {
    size_t n = (size_t)__builtin_popcountll(m);
    for (size_t i = 0; i < n; i += 8) /* eight at a time: stray writes past n are allowed */
        for (size_t j = 0; j < 8; j++) {
            out[i + j] = base + (uint32_t)_tzcnt_u64(m);
            m = _blsr_u64(m);
        }
    return n;
}

static size_t index_avx2(const char *chunk, size_t n, uint32_t *ends, uint32_t *row_end,
                         bool *quoted) {
    const __m256i quote = _mm256_set1_epi8('"');
    __m256i quotes = _mm256_setzero_si256();
    const __m256i comma = _mm256_set1_epi8(','), line = _mm256_set1_epi8('\n');
    size_t k = 0, rows = 0;
    char last[64];
    for (size_t i = 0; i < n; i += 64) {
        const char *p = chunk + i;
        if (n - i < 64) { /* the tail, padded */
            memset(last, 0, sizeof last);
            memcpy(last, p, n - i);
            p = last;
        }
        __m256i lo = _mm256_loadu_si256((const __m256i *)(const void *)p);
        __m256i hi = _mm256_loadu_si256((const __m256i *)(const void *)(p + 32));
        quotes = _mm256_or_si256(quotes, _mm256_or_si256(_mm256_cmpeq_epi8(lo, quote),
                                                         _mm256_cmpeq_epi8(hi, quote)));
        uint64_t nl = bits(lo, hi, line), both = nl | bits(lo, hi, comma);
        for (uint64_t m = nl; m; m = _blsr_u64(m))
            row_end[rows++] =
                (uint32_t)(k + (size_t)__builtin_popcountll(both & _blsmsk_u64(m)));
        k += flatten(both, (uint32_t)i, ends + k);
    }
    *quoted = _mm256_testz_si256(quotes, quotes) == 0;
    return rows;
}

static bool decode_avx2(const char *chunk, const uint32_t *ends, size_t columns,
                        uint32_t absent, const uint32_t *check, uint32_t *value) {
    const __m256i four = _mm256_set1_epi32(4), one = _mm256_set1_epi32(1);
    const __m256i zeros = _mm256_set1_epi8('0'), over9 = _mm256_set1_epi8(0x76);
    const __m256i tens = _mm256_set1_epi16(0x010A), hundreds = _mm256_set1_epi32(0x00010064);
    const __m256i gone = _mm256_set1_epi32((int)absent);
    const __m256i last =
        _mm256_set1_epi32((int)ends[columns - 1]); /* lanes past the row: clamp */
    __m256i bad = _mm256_setzero_si256();
    for (size_t i = 0; i < columns; i += 8) {
        __m256i e = _mm256_loadu_si256((const __m256i *)(const void *)(ends + i));
        e = _mm256_min_epu32(e, last);
        __m256i before = _mm256_loadu_si256((const __m256i *)(const void *)(ends + i - 1));
        __m256i c = _mm256_loadu_si256((const __m256i *)(const void *)(check + i));
        __m256i n = _mm256_sub_epi32(_mm256_sub_epi32(e, before), one);
        __m256i x = _mm256_i32gather_epi32((const int *)(const void *)chunk,
                                           _mm256_sub_epi32(e, four), 1);
        __m256i drop = _mm256_slli_epi32(_mm256_sub_epi32(four, _mm256_min_epu32(n, four)), 3);
        x = _mm256_sllv_epi32(_mm256_srlv_epi32(_mm256_xor_si256(x, zeros), drop), drop);
        __m256i odd = _mm256_or_si256(_mm256_adds_epu8(x, over9), x);
        odd = _mm256_and_si256(odd, _mm256_set1_epi8((char)0x80));
        odd = _mm256_or_si256(odd, _mm256_cmpgt_epi32(n, four));
        bad = _mm256_or_si256(bad, _mm256_and_si256(odd, c));
        __m256i v = _mm256_madd_epi16(_mm256_maddubs_epi16(x, tens), hundreds);
        v = _mm256_blendv_epi8(v, gone, _mm256_cmpeq_epi32(n, _mm256_setzero_si256()));
        _mm256_storeu_si256((__m256i *)(void *)(value + i), v);
    }
    return _mm256_testz_si256(bad, bad) != 0;
}

static const struct rk_csv_kernel avx2 = {"avx2", index_avx2, decode_avx2};

const struct rk_csv_kernel *rk_csv_kernel_avx2(void) {
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") &&
                   __builtin_cpu_supports("popcnt")
               ? &avx2
               : NULL;
}
#else
const struct rk_csv_kernel *rk_csv_kernel_avx2(void) { return NULL; }
#endif
