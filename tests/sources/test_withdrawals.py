"""Comments and summaries that say a preprint is withdrawn, and others that only sound so."""

from __future__ import annotations

import pytest

from harvest.sources.withdrawals import find_withdrawal


@pytest.mark.parametrize(
    ("comment", "summary", "withdrawn"),
    [
        ("This paper has been withdrawn by the author due to an error", "", True),
        ("Withdrawn: an error in Lemma 2", "", True),
        ("withdrawn by arXiv admin", "", True),
        ("Paper withdrawn.", "", True),
        ("Retracted", "", True),
        (None, "This paper has been withdrawn.", True),
        (None, "The authors have withdrawn this submission because of a mistake", True),
        ("Supersedes arXiv:1901.00001, which was withdrawn by the authors", "", False),
        ("v2: Theorem 3 was withdrawn by the authors", "", False),
        ("Retracted articles dataset, 12 pages", "", False),
        ("12 pages, 3 figures", "We study withdrawn drugs and retracted papers.", False),
        (None, "", False),
        # The bare forms stand in the summary, and after other remarks in the comment.
        (None, "Withdrawn by the author due to an error in the proof of Lemma 2.", True),
        (None, "Withdrawn.", True),
        (None, "Retracted: the owls were invented", True),
        (None, "Withdrawn because of a gap in Theorem 1.", True),
        (None, "Paper withdrawn", True),
        (None, "Paper withdrawn due to a crucial sign error in equation 3.", True),
        (None, "The paper has been withdrawn by the authors, as it needs more work.", True),
        (None, "The paper is withdrawn because the main estimate fails.", True),
        (None, "We count owls. [The paper has been withdrawn by its author.]", True),
        (None, "We count owls. This submission has been withdrawn by the submitter.", True),
        (None, "[This submission has been removed by arXiv administrators.]", True),
        (None, "arXiv admin note: submission has been removed by arXiv administrators", True),
        (None, "The following submissions have been withdrawn by arXiv administrators", True),
        (None, "This version of the paper has been withdrawn.", True),
        (None, "This article has been voluntarily withdrawn", True),
        (None, "The authors have withdrawn the manuscript.", True),
        (None, "We have decided to withdraw this paper until the proof is complete.", True),
        ("12 pages. Withdrawn by the author because of an error", "", True),
        ("14 pages. The paper has been withdrawn for a revision", "", True),
        ("7 pages - withdrawn -", "", True),
        ("3 figures [withdrawn]", "", True),
        ("arXiv admin note: withdrawn by arXiv administrators due to text overlap", "", True),
        ("Withdrawn from ICLR 2019", "", False),
        ("10 pages. Accepted at a workshop, rejected elsewhere.", "", False),
        ("arXiv admin note: text overlap with arXiv:1901.00001", "", False),
        ("Extends a withdrawn version", "", False),
        (None, "Withdrawn from the market in 2004, the drug returned.", False),
        (None, "Withdrawn due to toxicity, the drug is studied here.", False),
        (None, "Retracted by a motor, the arm turns.", False),
        (None, "Owls were counted in 1998. The paper was retracted in 2010.", False),
        (None, "Articles withdrawn by their authors are rare.", False),
        (None, "Papers withdrawn from archives are counted.", False),
        (None, "The report was withdrawn by the ministry.", False),
        (None, "The work required to remove an electron is withdrawn heat.", False),
        (None, "We study why authors withdraw papers. Retracted papers are cited.", False),
        (None, "We ask when editors have retracted a paper.", False),
    ],
)
def test_withdrawals(comment: str | None, summary: str, withdrawn: bool) -> None:
    assert bool(find_withdrawal(comment, summary)) is withdrawn
