"""All pairs of codes within a number of bits: exact, by faiss, in the calling thread."""

from typing import Any, NamedTuple

import faiss
import numpy as np
from numpy.typing import NDArray

Codes = NDArray[np.uint8]

_FAISS: Any = faiss  # Its types do not name what the wrapper of the C++ library makes.
_FAISS.omp_set_num_threads(1)


class Near(NamedTuple):
    """Row of the query, row of the code, and bits that differ, pair by pair."""

    queries: NDArray[np.int64]
    found: NDArray[np.int64]
    bits: NDArray[np.int64]


def within(queries: Codes, codes: Codes, bits_most: int) -> Near:
    """The pairs of rows that differ in at most ``bits_most`` bits; rows are of equal length."""
    if not len(queries) or not len(codes):
        return Near(*(np.zeros(0, np.int64) for _ in range(3)))
    assert queries.shape[1] == codes.shape[1], (queries.shape, codes.shape)
    queries, codes = np.ascontiguousarray(queries), np.ascontiguousarray(codes)
    result = _FAISS.RangeSearchResult(len(queries))
    _FAISS.hamming_range_search(
        _FAISS.swig_ptr(queries),
        _FAISS.swig_ptr(codes),
        len(queries),
        len(codes),
        bits_most + 1,  # It finds what is nearer than the radius.
        codes.shape[1],
        result,
    )
    ends = _FAISS.rev_swig_ptr(result.lims, len(queries) + 1).astype(np.int64)
    count = int(ends[-1])
    if not count:
        return Near(*(np.zeros(0, np.int64) for _ in range(3)))
    return Near(
        np.repeat(np.arange(len(queries)), np.diff(ends)),
        _FAISS.rev_swig_ptr(result.labels, count).astype(np.int64),
        _FAISS.rev_swig_ptr(result.distances, count).astype(np.int64),
    )
