/* From a disclosure to graphs small enough to be read. */
#include "publish/diagram.h"

#include "base/mem.h"

#include <stdio.h>

enum { WRAP = 24, SITES_BESIDE_MAX = 6 };

/* ===== labels ===== */

/* Cuts text into lines of at most WRAP bytes at spaces, leaving the last line of the node free
 * for the kind; what does not fit ends in "...". Never cuts inside a UTF-8 character. */
static void wrap(rk_graph_node *n, rk_slice text) {
    while (text.len && n->n_line < RK_GRAPH_LINES - 1) {
        size_t take = text.len <= WRAP ? text.len : WRAP;
        if (take < text.len) {
            size_t space = take;
            while (space && text.ptr[space] != ' ') space--;
            if (space > WRAP / 3) take = space;
            while (take > 1 && ((unsigned char)text.ptr[take] & 0xc0) == 0x80) take--;
        }
        bool last = n->n_line == RK_GRAPH_LINES - 2 && take < text.len;
        snprintf(n->line[n->n_line++], sizeof n->line[0], "%.*s%s", (int)take, text.ptr,
                 last ? "..." : "");
        text = rk_slice_from(text, take);
        while (text.len && text.ptr[0] == ' ') text = rk_slice_from(text, 1);
    }
}

static void kind_line(rk_graph_node *n) {
    const rk_infra_table *t = rk_infra_table_of(n->kind);
    snprintf(n->line[n->n_line++], sizeof n->line[0], "%s", t->one);
}

/* ===== the whole graph ===== */

static uint32_t add_node(rk_graph *g, const rk_disclosure *d, uint32_t record,
                         uint32_t cluster) {
    RK_PUSH_ROOM(g->node, g->n_node, g->cap_node);
    rk_graph_node *n = &g->node[g->n_node];
    *n = (rk_graph_node){
        .record = record, .cluster = cluster, .members = 1, .kind = d->record[record].kind};
    wrap(n, rk_disclosure_name(d, record));
    kind_line(n);
    return g->n_node++;
}

static void add_edge(rk_graph *g, uint32_t from, uint32_t to, bool dashed, bool arrow,
                     const char *label) {
    if (from == RK_NONE || to == RK_NONE || from == to) return;
    for (uint32_t i = 0; i < g->n_edge; i++) {
        rk_graph_edge *e = &g->edge[i];
        bool same = e->from == from && e->to == to,
             back = e->from == to && e->to == from && !arrow;
        if ((same || back) && e->dashed == dashed && strcmp(e->label, label) == 0) return;
    }
    RK_PUSH_ROOM(g->edge, g->n_edge, g->cap_edge);
    rk_graph_edge *e = &g->edge[g->n_edge++];
    *e = (rk_graph_edge){.from = from, .to = to, .dashed = dashed, .arrow = arrow};
    snprintf(e->label, sizeof e->label, "%s", label);
}

static uint32_t node_of(const rk_graph *g, uint32_t record) {
    for (uint32_t i = 0; i < g->n_node; i++)
        if (g->node[i].record == record) return i;
    return RK_NONE;
}

static uint32_t cluster_of_site(rk_graph *g, const rk_disclosure *d, uint32_t site) {
    if (site == RK_NONE) return RK_NONE;
    for (uint32_t i = 0; i < g->n_cluster; i++)
        if (g->cluster[i].record == site) return i;
    RK_PUSH_ROOM(g->cluster, g->n_cluster, g->cap_cluster);
    rk_graph_cluster *c = &g->cluster[g->n_cluster];
    const rk_shown_value *city = rk_disclosure_value(d, site, "city");
    rk_slice name = rk_disclosure_name(d, site);
    *c = (rk_graph_cluster){.record = site};
    snprintf(c->label, sizeof c->label, "%.*s%s%.*s", (int)(name.len < 90 ? name.len : 90),
             name.ptr, city->n ? ", " : "",
             (int)(city->n ? (city->item[0].len < 50 ? city->item[0].len : 50) : 0),
             city->n ? city->item[0].ptr : "");
    return g->n_cluster++;
}

static uint32_t first_ref(const rk_disclosure *d, uint32_t r, const char *field) {
    const rk_shown_value *v = rk_disclosure_value(d, r, field);
    return v->n ? rk_disclosure_find(d, v->item[0]) : RK_NONE;
}

/* The site a record stands at: its own, or that of what it runs on. */
static uint32_t site_of(const rk_disclosure *d, uint32_t r) {
    for (int hops = 0; r != RK_NONE && hops < 4; hops++) {
        if (d->record[r].kind == RK_INFRA_SITE) return r;
        uint32_t site = first_ref(d, r, "site");
        if (site != RK_NONE) return site;
        r = first_ref(d, r, "host");
    }
    return RK_NONE;
}

static bool in_topology(enum rk_infra_kind k) {
    return k == RK_INFRA_SERVER || k == RK_INFRA_VM || k == RK_INFRA_SERVICE ||
           k == RK_INFRA_NETWORK || k == RK_INFRA_CDN || k == RK_INFRA_DDOS ||
           k == RK_INFRA_FIREWALL || k == RK_INFRA_BACKUP;
}

/* A virtual server is on its host's networks by way of its host: a second line to each of them
 * says nothing and crosses everything. */
static bool through_host(const rk_disclosure *d, uint32_t record, rk_slice network) {
    if (d->record[record].kind != RK_INFRA_VM) return false;
    uint32_t host = first_ref(d, record, "host");
    if (host == RK_NONE) return false;
    const rk_shown_value *v = rk_disclosure_value(d, host, "networks");
    for (uint32_t i = 0; i < v->n; i++)
        if (rk_slice_eq(v->item[i], network)) return true;
    return false;
}

static void topology(rk_graph *g, const rk_disclosure *d) {
    static const struct {
        const char *field;
        bool dashed, arrow;
    } ties[] = {{"networks", false, false},
                {"host", false, true},
                {"protects", true, true},
                {"origin", false, true},
                {"of", true, true}};
    for (uint32_t r = 0; r < d->n; r++)
        if (!d->record[r].withheld && in_topology(d->record[r].kind))
            add_node(g, d, r, cluster_of_site(g, d, site_of(d, r)));
    for (uint32_t i = 0; i < g->n_node; i++)
        for (size_t k = 0; k < sizeof ties / sizeof *ties; k++) {
            const rk_shown_value *v = rk_disclosure_value(d, g->node[i].record, ties[k].field);
            for (uint32_t j = 0; j < v->n; j++)
                if (k > 0 || !through_host(d, g->node[i].record, v->item[j]))
                    add_edge(g, i, node_of(g, rk_disclosure_find(d, v->item[j])),
                             ties[k].dashed, ties[k].arrow, "");
        }
}

static uint32_t flow_node(rk_graph *g, const rk_disclosure *d, uint32_t record) {
    if (record == RK_NONE) return RK_NONE;
    uint32_t i = node_of(g, record);
    return i != RK_NONE ? i : add_node(g, d, record, cluster_of_site(g, d, site_of(d, record)));
}

static void flow(rk_graph *g, const rk_disclosure *d) {
    uint32_t data = rk_infra_field_of(RK_INFRA_FLOW, "data");
    for (uint32_t r = 0; r < d->n; r++) {
        if (d->record[r].kind != RK_INFRA_FLOW || d->record[r].withheld) continue;
        uint32_t from = flow_node(g, d, first_ref(d, r, "from")),
                 to = flow_node(g, d, first_ref(d, r, "to"));
        rk_buf b;
        rk_buf_init(&b, 2 * RK_INFRA_ITEMS_MAX * RK_TEXT_MAX);
        rk_disclosure_text(d, r, data, &b);
        char label[64];
        size_t n = b.len < 36 ? b.len : 36;
        while (n && n < b.len && ((unsigned char)b.ptr[n] & 0xc0) == 0x80) n--;
        snprintf(label, sizeof label, "%.*s%s", (int)n, b.ptr ? b.ptr : "",
                 n < b.len ? "..." : "");
        rk_buf_free(&b);
        add_edge(g, from, to, false, true, label);
    }
}

/* ===== groups ===== */

typedef struct grouping {
    uint32_t inside; /* the cluster that is drawn in full, RK_NONE = none */
    bool by_role, by_cluster;
    bool elsewhere; /* what is at other sites is grouped over all of them */
} grouping;

static rk_slice role_of(const rk_disclosure *d, uint32_t record) {
    const rk_shown_value *v = rk_disclosure_value(d, record, "role");
    return v->n ? v->item[0] : RK_LIT("");
}

static bool at_other_site(const rk_graph_node *n, const grouping *by) {
    return n->cluster != RK_NONE && n->cluster != by->inside;
}

static bool together(const rk_graph *g, const rk_disclosure *d, const grouping *by, uint32_t a,
                     uint32_t b) {
    const rk_graph_node *x = &g->node[a], *y = &g->node[b];
    if (by->elsewhere && at_other_site(x, by) && at_other_site(y, by))
        return x->kind == y->kind;
    if (x->cluster != y->cluster) return false;
    if (by->by_cluster && x->cluster != RK_NONE) return true;
    if (x->kind != y->kind) return false;
    if (by->inside == RK_NONE || x->cluster != by->inside) return true;
    return by->by_role && rk_slice_eq(role_of(d, x->record), role_of(d, y->record));
}

static void group_label(rk_graph_node *n, const rk_disclosure *d, const grouping *by,
                        bool role) {
    const rk_infra_table *t = rk_infra_table_of(n->kind);
    rk_slice what = role ? role_of(d, n->record) : RK_LIT("");
    if (n->members == 1) return;
    n->n_line = 0;
    if (by->by_cluster && n->cluster != RK_NONE) {
        snprintf(n->line[n->n_line++], sizeof n->line[0], "%u komponen", n->members);
    } else {
        if (what.len) wrap(n, what);
        if (n->n_line > RK_GRAPH_LINES - 2) n->n_line = RK_GRAPH_LINES - 2;
        snprintf(n->line[n->n_line++], sizeof n->line[0], "%u %s", n->members, t->one);
        if (by->elsewhere && at_other_site(n, by)) {
            snprintf(n->line[n->n_line++], sizeof n->line[0], "di lokasi lain / elsewhere");
            n->cluster = RK_NONE;
        }
    }
    n->record = RK_NONE;
}

static bool touches(const rk_graph *g, uint32_t node, uint32_t cluster) {
    for (uint32_t i = 0; i < g->n_edge; i++) {
        uint32_t a = g->edge[i].from, b = g->edge[i].to;
        if ((a == node && g->node[b].cluster == cluster) ||
            (b == node && g->node[a].cluster == cluster))
            return true;
    }
    return false;
}

static void copy_clusters(const rk_graph *g, rk_graph *out) {
    for (uint32_t i = 0; i < g->n_cluster; i++) {
        RK_PUSH_ROOM(out->cluster, out->n_cluster, out->cap_cluster);
        out->cluster[out->n_cluster++] = g->cluster[i];
    }
}

static void collapse(const rk_graph *g, const rk_disclosure *d, const grouping *by,
                     rk_graph *out) {
    uint32_t *to = rk_calloc(g->n_node + 1, sizeof *to);
    uint32_t *first = rk_calloc(g->n_node + 1, sizeof *first);
    copy_clusters(g, out);
    for (uint32_t i = 0; i < g->n_node; i++) {
        to[i] = RK_NONE;
        if (by->inside != RK_NONE && g->node[i].cluster != by->inside &&
            !touches(g, i, by->inside))
            continue;
        for (uint32_t k = 0; k < out->n_node && to[i] == RK_NONE; k++)
            if (together(g, d, by, first[k], i)) to[i] = k;
        if (to[i] == RK_NONE) {
            RK_PUSH_ROOM(out->node, out->n_node, out->cap_node);
            to[i] = out->n_node;
            first[out->n_node] = i;
            out->node[out->n_node++] = g->node[i];
        } else {
            out->node[to[i]].members++;
        }
    }
    for (uint32_t k = 0; k < out->n_node; k++)
        group_label(&out->node[k], d, by, by->by_role && out->node[k].cluster == by->inside);
    for (uint32_t i = 0; i < g->n_edge; i++) {
        const rk_graph_edge *e = &g->edge[i];
        uint32_t a = to[e->from], b = to[e->to];
        bool near = by->inside == RK_NONE || g->node[e->from].cluster == by->inside ||
                    g->node[e->to].cluster == by->inside;
        if (a != RK_NONE && b != RK_NONE && near)
            add_edge(out, a, b, e->dashed, e->arrow, by->inside == RK_NONE ? "" : e->label);
    }
    rk_free(to);
    rk_free(first);
}

/* ===== the set ===== */

static void name_graph(rk_graph *g, enum rk_diagram_kind which, uint32_t i, const char *what) {
    const char *base = which == RK_DIAGRAM_TOPOLOGY ? "topologi" : "aliran-data";
    const char *said =
        which == RK_DIAGRAM_TOPOLOGY ? "Topologi / Topology" : "Aliran data / Data flows";
    g->which = which;
    if (i)
        snprintf(g->file, sizeof g->file, "%s-%u", base, i);
    else
        snprintf(g->file, sizeof g->file, "%s", base);
    snprintf(g->title, sizeof g->title, "%s%s%s", said, *what ? ": " : "", what);
}

static bool has_nodes(const rk_graph *g, uint32_t cluster) {
    for (uint32_t i = 0; i < g->n_node; i++)
        if (g->node[i].cluster == cluster) return true;
    return false;
}

/* Other sites that have something to do with this one. */
static uint32_t sites_touching(const rk_graph *g, uint32_t cluster) {
    uint32_t n = 0;
    for (uint32_t c = 0; c < g->n_cluster; c++) {
        bool some = false;
        for (uint32_t i = 0; i < g->n_node && c != cluster && !some; i++)
            some = g->node[i].cluster == c && touches(g, i, cluster);
        n += some;
    }
    return n;
}

static uint32_t inside_count(const rk_graph *g, uint32_t cluster) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < g->n_node; i++) n += g->node[i].cluster == cluster;
    return n;
}

static rk_graph *overview_and_sites(const rk_graph *all, const rk_disclosure *d, uint32_t *n) {
    rk_graph *set = rk_calloc(all->n_cluster + 2, sizeof *set);
    grouping by = {.inside = RK_NONE};
    collapse(all, d, &by, &set[0]);
    if (set[0].n_node > RK_DIAGRAM_NODES_MAX) {
        rk_graph_free(&set[0]);
        by.by_cluster = true;
        collapse(all, d, &by, &set[0]);
    }
    name_graph(&set[0], all->which, 0, "ikhtisar / overview");
    *n = 1;
    for (uint32_t c = 0; c < all->n_cluster; c++) {
        if (!has_nodes(all, c)) continue;
        grouping in = {.inside = c,
                       .by_role = inside_count(all, c) > RK_DIAGRAM_NODES_MAX,
                       .elsewhere = sites_touching(all, c) > SITES_BESIDE_MAX};
        collapse(all, d, &in, &set[*n]);
        name_graph(&set[*n], all->which, *n, all->cluster[c].label);
        ++*n;
    }
    return set;
}

rk_graph *rk_graphs_new(const rk_disclosure *d, enum rk_diagram_kind which, uint32_t *n) {
    rk_graph *all = rk_alloc(sizeof *all);
    name_graph(all, which, 0, "");
    if (which == RK_DIAGRAM_TOPOLOGY)
        topology(all, d);
    else
        flow(all, d);
    *n = 1;
    if (all->n_node <= RK_DIAGRAM_NODES_MAX) return all;
    rk_graph *set = overview_and_sites(all, d, n);
    rk_graph_free(all);
    rk_free(all);
    return set;
}

void rk_graph_free(rk_graph *g) {
    for (uint32_t i = 0; i < g->n_edge; i++) rk_free(g->edge[i].point);
    rk_free(g->node);
    rk_free(g->edge);
    rk_free(g->cluster);
    *g = (rk_graph){0};
}
