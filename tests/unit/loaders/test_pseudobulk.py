"""Pseudo-bulk: weighted means of groups of rows, whatever form the matrix has on disk."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
from anndata.io import write_elem
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from kgp.errors import BadInputError
from kgp.loaders.perturb_seq.h5ad import Matrix
from kgp.loaders.perturb_seq.pseudobulk import LEFT_OUT, Grouping, PseudoBulk, average
from kgp.loaders.perturb_seq.scale import Scale

FORMS = {"dense": np.asarray, "csr": sparse.csr_matrix, "csc": sparse.csc_matrix}


def averaged(values: Any, codes: Any, form: str, scale: Scale, **more: Any) -> PseudoBulk:
    codes = np.asarray(codes, np.int64)
    weights = np.asarray(more.pop("weights", np.ones(len(codes))), np.float64)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "matrix.h5"
        with h5py.File(path, "w") as file:
            write_elem(file, "X", FORMS[form](np.asarray(values)))
            matrix = Matrix(path, file["X"], np.shape(values), form)
            grouping = Grouping(codes, weights, int(codes.max()) + 1)
            return average(matrix, grouping, scale, bulk=False, **more)


@pytest.mark.parametrize("form", FORMS)
@settings(max_examples=15)
@given(data=st.data())
def test_means_are_those_of_numpy(form: str, data: st.DataObject) -> None:
    n, width = data.draw(st.integers(1, 12)), data.draw(st.integers(1, 6))
    rng = np.random.default_rng(data.draw(st.integers(0, 1000)))
    values = rng.gamma(1, 1, (n, width)) * (rng.random((n, width)) < 0.6)
    codes = np.array([0, *rng.integers(LEFT_OUT, 3, n - 1)])
    weights = rng.integers(1, 5, n)
    found = averaged(values, codes, form, Scale.ZSCORE, weights=weights)
    for group, mean in enumerate(found.means):
        inside = codes == group
        assert found.cells[group] == weights[inside].sum()
        if inside.any():
            expected = np.average(values[inside], axis=0, weights=weights[inside])
            np.testing.assert_allclose(mean, expected, atol=1e-12)
        else:
            assert not mean.any()


@pytest.mark.parametrize("form", FORMS)
def test_the_median_library_counts_only_cells_of_groups(form: str) -> None:
    counts = [[1, 1], [2, 2], [50, 50], [0, 0]]
    found = averaged(counts, [0, 0, LEFT_OUT, 0], form, Scale.COUNTS, target=None)
    assert found.target == 3.0
    assert (found.empty, found.cells.tolist()) == (1, [2.0])
    np.testing.assert_allclose(found.means, np.log1p([[1.5, 1.5]]))


def test_a_library_of_nothing_has_no_median() -> None:
    found = averaged(np.zeros((2, 2)), [0, 0], "csr", Scale.COUNTS, target=None)
    assert (found.empty, found.means.tolist()) == (2, [[0.0, 0.0]])


def test_an_index_beyond_the_matrix_is_refused() -> None:
    with pytest.raises(BadInputError, match="does not fit its own index"):
        _with_index(7)


def _with_index(index: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "matrix.h5"
        with h5py.File(path, "w") as file:
            write_elem(file, "X", sparse.csr_matrix(np.eye(2)))
            file["X/indices"][0] = index
            for _ in Matrix(path, file["X"], (2, 2), "csr").blocks():
                continue
