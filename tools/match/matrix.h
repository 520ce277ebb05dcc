/*
 * Small dense linear algebra for the training commands; matrices are n × n, row by row.
 */
#pragma once

#include <glib.h>

/* A symmetric positive definite matrix to its lower factor, in place; above it is left as it was. */
void matrix_cholesky(double *matrix, guint n);
/* matrix := L^-1 matrix L^-T, with the lower factor L. */
void matrix_whiten(const double *lower, double *matrix, guint n);
/* vector := L^-T vector. */
void matrix_solve_upper(const double *lower, double *vector, guint n);
/* Eigenvalues, largest first, and eigenvectors as columns, of a symmetric matrix, which is used up
 * (Jacobi). */
void matrix_eigen(double *matrix, double *vectors, double *values, guint n);
