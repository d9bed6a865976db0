"""Works that several sources cite."""

from __future__ import annotations

LINCS_CITATION = (
    "Subramanian A et al. A Next Generation Connectivity Map: L1000 Platform and the First "
    "1,000,000 Profiles. Cell 171:1437 (2017); Himmelstein D et al. Consensus signatures for "
    "LINCS L1000 perturbations. doi:10.6084/m9.figshare.3085426"
)
