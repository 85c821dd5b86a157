/* Pictures of a disclosure: what is connected to what (topology) and what data go where (flow).
 * Placed by Graphviz's dot, run as a process; dot is told sizes and connections only, never a
 * text, and the SVG is written here: it has no metadata but its own title. Over
 * RK_DIAGRAM_NODES_MAX nodes the picture becomes an overview of groups and one picture a site.
 * Units: points (1/72 inch), y downwards. The disclosure must outlive the graph. */
#ifndef RK_PUBLISH_DIAGRAM_H
#define RK_PUBLISH_DIAGRAM_H

#include "core/disclosure.h"

enum rk_diagram_kind { RK_DIAGRAM_TOPOLOGY, RK_DIAGRAM_FLOW };

#define RK_GRAPH_LINES 4u

typedef struct rk_graph_node {
    char line[RK_GRAPH_LINES][112]; /* label, wrapped; the last given line says the kind */
    uint32_t n_line;
    uint32_t record;  /* RK_NONE for a group */
    uint32_t cluster; /* index, or RK_NONE */
    uint32_t members;
    enum rk_infra_kind kind;
    double x, y, w, h; /* centre and size, once placed */
} rk_graph_node;

typedef struct rk_graph_edge {
    uint32_t from, to;
    bool dashed, arrow;
    char label[64];
    double *point; /* 2 * n_point: a Bezier curve of 1 + 3k points, once placed */
    uint32_t n_point;
    double label_x, label_y, tip_x, tip_y;
} rk_graph_edge;

typedef struct rk_graph_cluster {
    char label[160];
    uint32_t record; /* the site, or RK_NONE: of no site */
    double x0, y0, x1, y1;
    bool placed;
} rk_graph_cluster;

typedef struct rk_graph {
    char title[240], file[80]; /* "topologi", "topologi-2" */
    enum rk_diagram_kind which;
    rk_graph_node *node;
    uint32_t n_node, cap_node;
    rk_graph_edge *edge;
    uint32_t n_edge, cap_edge;
    rk_graph_cluster *cluster;
    uint32_t n_cluster, cap_cluster;
    double w, h;
} rk_graph;

/* The graphs of one kind, at least one (which may be empty); *n of them, freed one by one and
 * then the array. */
rk_graph *rk_graphs_new(const rk_disclosure *d, enum rk_diagram_kind which, uint32_t *n);
void rk_graph_free(rk_graph *g);
/* Runs dot. RK_NOT_FOUND when it is not installed. */
rk_status rk_graph_place(rk_graph *g, rk_err *err);
/* Appends the SVG; watermark may be empty. */
void rk_graph_svg(const rk_graph *g, rk_slice watermark, rk_buf *out);
/* "#rrggbb" of a kind of record. */
const char *rk_graph_colour(enum rk_infra_kind k);
/* Width of a text in Helvetica of the given size. */
double rk_helvetica_width(rk_slice text, double size);

#endif
