"""The titles and years in addresses of CVF and NeurIPS."""

from __future__ import annotations

import pytest

from harvest.identifiers import described, identify

CVF = "https://openaccess.thecvf.com"
OLD = "http://www.cv-foundation.org/openaccess"
NIPS = "https://papers.nips.cc/paper"


@pytest.mark.parametrize(
    ("address", "title", "year"),
    [
        (f"{CVF}/content/CVPR2023/html/Roe_Seeing_Far_CVPR_2023_paper.html", "Seeing Far", "2023"),
        (f"{CVF}/content_ICCV_2019/papers/Roe_See-Far_Nets_ICCV_2019_paper.pdf",
         "See-Far Nets", "2019"),
        (f"{CVF}/content/CVPR2022W/NTIRE/html/Roe_Nets__Roads_CVPRW_2022_paper.html",
         "Nets Roads", "2022"),  # `Nets & Roads`
        # ten words may be the first ten
        (f"{CVF}/content/CVPR2022/html/Roe_a_b_c_d_e_f_g_h_i_j_CVPR_2022_paper.html", None, "2022"),
        (f"{CVF}/content_cvpr_2018/html/Roe_Seeing_Far_With_CVPR_2018_paper.html", None, "2018"),
        (f"{OLD}/content_cvpr_2015/papers/Roe_Seeing_Far_With_2015_CVPR_paper.pdf", None, "2015"),
        (f"{CVF}/content/ICCV2021/html/Van_Roe_Seeing_Far_ICCV_2021_paper.html", None, "2021"),
        (f"{NIPS}/5347-seeing-far-with-nets.pdf", "Seeing far with nets", None),
        (f"{NIPS}/2021/hash/{'0' * 32}-Abstract.html", None, "2021"),
        ("https://arxiv.org/abs/2301.00001", None, None),
    ],
)  # fmt: skip
def test_an_address_describes_its_page(address: str, title: str | None, year: str | None) -> None:
    identifier = identify(address).identifier
    assert identifier is not None
    assert described.title(identifier) == title
    assert described.year(identifier) == year


@pytest.mark.parametrize(
    ("addresses"),
    [
        [
            f"{CVF}/content/CVPR2023/html/Roe_Far_CVPR_2023_paper.html",
            f"{CVF}/content/CVPR2023/papers/Roe_Far_CVPR_2023_paper.pdf",
            f"{CVF}/content/CVPR2023/supplemental/Roe_Far_CVPR_2023_supplemental.pdf",
        ],
        [f"{NIPS}/5347-far", f"{NIPS}/5347-far.pdf", f"{NIPS}/5347-far-supplemental.zip"],
    ],
)
def test_page_paper_and_supplement_are_one(addresses: list[str]) -> None:
    assert len({identify(address).identifier for address in addresses}) == 1
