/* The eight unknowns solve the normal equations of the linear form of the problem, with both
 * planes moved and scaled so that their points lie around the origin at a distance of about one
 * (Hartley's normalisation): without that the equations lose all precision. */
#include "read/homography.h"

#include <math.h>
#include <string.h>

enum { N = 8 };

/* Gauss with pivots; false when singular. */
static bool solve(double a[N][N + 1], double x[N]) {
    for (int c = 0; c < N; c++) {
        int best = c;
        for (int r = c + 1; r < N; r++)
            if (fabs(a[r][c]) > fabs(a[best][c])) best = r;
        if (!(fabs(a[best][c]) > 1e-12)) return false;
        for (int k = 0; best != c && k <= N; k++) {
            double t = a[c][k];
            a[c][k] = a[best][k], a[best][k] = t;
        }
        for (int r = c + 1; r < N; r++) {
            double f = a[r][c] / a[c][c];
            for (int k = c; k <= N; k++) a[r][k] -= f * a[c][k];
        }
    }
    for (int r = N - 1; r >= 0; r--) {
        double sum = a[r][N];
        for (int k = r + 1; k < N; k++) sum -= a[r][k] * x[k];
        x[r] = sum / a[r][r];
        if (!isfinite(x[r])) return false;
    }
    return true;
}

struct frame {
    double cx, cy, scale;
};

static struct frame frame_of(const rk_pair *pair, size_t n, bool to) {
    struct frame f = {0, 0, 0};
    for (size_t i = 0; i < n; i++) {
        rk_point p = to ? pair[i].to : pair[i].from;
        f.cx += p.x / (double)n, f.cy += p.y / (double)n;
    }
    double far = 0;
    for (size_t i = 0; i < n; i++) {
        rk_point p = to ? pair[i].to : pair[i].from;
        far += hypot(p.x - f.cx, p.y - f.cy) / (double)n;
    }
    f.scale = far > 0 ? 1 / far : 1;
    return f;
}

static void multiply(const double a[9], const double b[9], double out[9]) {
    for (int r = 0; r < 3; r++)
        for (int c = 0; c < 3; c++)
            out[3 * r + c] =
                a[3 * r] * b[c] + a[3 * r + 1] * b[3 + c] + a[3 * r + 2] * b[6 + c];
}

static void add_equation(double a[N][N + 1], const double row[N], double right, double weight) {
    for (int r = 0; r < N; r++) {
        for (int c = 0; c < N; c++) a[r][c] += weight * row[r] * row[c];
        a[r][N] += weight * row[r] * right;
    }
}

bool rk_homography_fit(const rk_pair *pair, size_t n, rk_homography *out) {
    double a[N][N + 1] = {{0}}, x[N];
    memset(out, 0, sizeof *out);
    if (n < 4) return false;
    struct frame f = frame_of(pair, n, false), t = frame_of(pair, n, true);
    for (size_t i = 0; i < n; i++) {
        double u = (pair[i].from.x - f.cx) * f.scale, v = (pair[i].from.y - f.cy) * f.scale,
               p = (pair[i].to.x - t.cx) * t.scale, q = (pair[i].to.y - t.cy) * t.scale;
        add_equation(a, (double[N]){u, v, 1, 0, 0, 0, -p * u, -p * v}, p, pair[i].weight);
        add_equation(a, (double[N]){0, 0, 0, u, v, 1, -q * u, -q * v}, q, pair[i].weight);
    }
    if (!solve(a, x)) return false;
    const double h[9] = {x[0], x[1], x[2], x[3], x[4], x[5], x[6], x[7], 1},
                 in[9] = {f.scale, 0, -f.cx * f.scale, 0, f.scale, -f.cy * f.scale, 0, 0, 1},
                 back[9] = {1 / t.scale, 0, t.cx, 0, 1 / t.scale, t.cy, 0, 0, 1};
    double half[9];
    multiply(h, in, half);
    multiply(back, half, out->m);
    return true;
}

rk_point rk_homography_map(const rk_homography *h, rk_point p) {
    const double *m = h->m;
    double w = m[6] * p.x + m[7] * p.y + m[8];
    return (rk_point){(m[0] * p.x + m[1] * p.y + m[2]) / w,
                      (m[3] * p.x + m[4] * p.y + m[5]) / w};
}

bool rk_homography_invert(const rk_homography *h, rk_homography *out) {
    const double *m = h->m;
    double a = m[4] * m[8] - m[5] * m[7], b = m[5] * m[6] - m[3] * m[8],
           c = m[3] * m[7] - m[4] * m[6], det = m[0] * a + m[1] * b + m[2] * c;
    memset(out, 0, sizeof *out);
    if (!(fabs(det) > 1e-300)) return false;
    const double adj[9] = {a, m[2] * m[7] - m[1] * m[8], m[1] * m[5] - m[2] * m[4],
                           b, m[0] * m[8] - m[2] * m[6], m[2] * m[3] - m[0] * m[5],
                           c, m[1] * m[6] - m[0] * m[7], m[0] * m[4] - m[1] * m[3]};
    for (int i = 0; i < 9; i++) out->m[i] = adj[i] / det;
    return true;
}

double rk_homography_scale(const rk_homography *h, rk_point p) {
    const double *m = h->m;
    double w = m[6] * p.x + m[7] * p.y + m[8];
    rk_homography t = *h;
    /* The determinant of the Jacobian of a homography is det(H) / w^3. */
    double det = t.m[0] * (t.m[4] * t.m[8] - t.m[5] * t.m[7]) -
                 t.m[1] * (t.m[3] * t.m[8] - t.m[5] * t.m[6]) +
                 t.m[2] * (t.m[3] * t.m[7] - t.m[4] * t.m[6]);
    double growth = det / (w * w * w);
    return growth > 0 && isfinite(growth) ? sqrt(growth) : 0;
}
