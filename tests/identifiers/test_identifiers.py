"""Identifiers: tables of what people write and what it means, and properties that hold for any text."""

from __future__ import annotations

import json
from pathlib import Path
from string import ascii_letters, digits
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from harvest.identifiers import addresses
from harvest.identifiers import find, identify, url
from harvest.models import Identifier, Target

SICI = "10.1002/(sici)1521-3978(199806)46:4/5<493::aid-prop493>3.0.co;2-p"
SICI_HASH = "10.1002/(sici)1096-8644(199601)99:1<1::aid-ajpa1>3.0.co;2-#"

DOIS = [
    ("10.1002/ima.22880", "10.1002/ima.22880"),
    ("https://doi.org/10.1002/ima.22880", "10.1002/ima.22880"),
    ("http://doi.org/10.1002/ima.22880", "10.1002/ima.22880"),
    ("http://dx.doi.org/10.1002/ima.22880", "10.1002/ima.22880"),
    ("https://www.doi.org/10.1002/ima.22880", "10.1002/ima.22880"),
    ("HTTPS://DOI.ORG/10.1002/IMA.22880", "10.1002/ima.22880"),
    ("https://doi.org:443/10.1002/ima.22880", "10.1002/ima.22880"),
    ("https://doi.org./10.1002/ima.22880", "10.1002/ima.22880"),
    ("doi.org/10.1002/ima.22880", "10.1002/ima.22880"),
    ("//doi.org/10.1002/ima.22880", "10.1002/ima.22880"),
    ("dx.doi.org/10.1002/ima.22880", "10.1002/ima.22880"),
    ("https://doi.org//10.1002/ima.22880", "10.1002/ima.22880"),
    ("https://doi.org/doi:10.1002/ima.22880", "10.1002/ima.22880"),
    ("https://doi.org/DOI: 10.1002/ima.22880", "10.1002/ima.22880"),
    ("https://doi.org/https://doi.org/10.1002/ima.22880", "10.1002/ima.22880"),
    ("https://doi.org/https%3A//doi.org/10.1002/ima.22880", "10.1002/ima.22880"),
    ("https://doi.org/http://dx.doi.org/10.1002/ima.22880", "10.1002/ima.22880"),
    ("doi:https://doi.org/10.1002/ima.22880", "10.1002/ima.22880"),
    ("doi:10.1002/ima.22880", "10.1002/ima.22880"),
    ("DOI:10.1002/IMA.22880", "10.1002/ima.22880"),
    ("doi: 10.1002/ima.22880", "10.1002/ima.22880"),
    ("DOI 10.1002/ima.22880", "10.1002/ima.22880"),
    ("DOI = 10.1002/ima.22880", "10.1002/ima.22880"),
    ("DOI : 10.1002/ima.22880", "10.1002/ima.22880"),
    ("doi:doi:10.1002/ima.22880", "10.1002/ima.22880"),
    ("info:doi/10.1002/ima.22880", "10.1002/ima.22880"),
    ("info:doi/10.1002%2Fima.22880", "10.1002/ima.22880"),
    ("urn:doi:10.1002/ima.22880", "10.1002/ima.22880"),
    ("URN:DOI:10.1002/ima.22880", "10.1002/ima.22880"),
    # blanks and what a sentence or a quotation leaves behind
    ("  10.1002/ima.22880\n", "10.1002/ima.22880"),
    ("\u200b10.1002/ima.22880\u00a0", "10.1002/ima.22880"),
    ("\ufeffdoi:10.1002/ima.22880", "10.1002/ima.22880"),
    ("10.1002/ima.22880.", "10.1002/ima.22880"),
    ("10.1002/ima.22880,", "10.1002/ima.22880"),
    ("10.1002/ima.22880;", "10.1002/ima.22880"),
    ("10.1002/ima.22880).", "10.1002/ima.22880"),
    ("10.1002/ima.22880]", "10.1002/ima.22880"),
    ("10.1002/ima.22880}", "10.1002/ima.22880"),
    ("10.1002/ima.22880>", "10.1002/ima.22880"),
    ('10.1002/ima.22880"', "10.1002/ima.22880"),
    ("10.1002/ima.22880'", "10.1002/ima.22880"),
    ("10.1002/ima.22880\u201d", "10.1002/ima.22880"),
    ("10.1002/ima.22880\u3002", "10.1002/ima.22880"),
    ("10.1002/ima.22880**", "10.1002/ima.22880"),
    ("10.1002/ima.22880/", "10.1002/ima.22880"),
    ("10.1002/ima.22880/.", "10.1002/ima.22880"),
    ("https://doi.org/10.1002/ima.22880/", "10.1002/ima.22880"),
    ("https://doi.org/10.1002/ima.22880.", "10.1002/ima.22880"),
    ("https://doi.org/10.1002/ima.22880%20", "10.1002/ima.22880"),
    ("https://doi.org/10.1002/ima.22880 ", "10.1002/ima.22880"),
    ("<https://doi.org/10.1002/ima.22880>", "10.1002/ima.22880"),
    ("(doi:10.1002/ima.22880)", "10.1002/ima.22880"),
    ("[10.1002/ima.22880]", "10.1002/ima.22880"),
    ('"10.1002/ima.22880"', "10.1002/ima.22880"),
    ("'10.1002/ima.22880'", "10.1002/ima.22880"),
    ("{10.1002/ima.22880}", "10.1002/ima.22880"),
    # brackets that are its own
    ("10.1016/0022-2496(75)90001-2", "10.1016/0022-2496(75)90001-2"),
    ("10.1016/S0140-6736(05)66550-9", "10.1016/s0140-6736(05)66550-9"),
    ("10.1000/abc(def)", "10.1000/abc(def)"),
    ("(10.1000/abc(def))", "10.1000/abc(def)"),
    ("10.1000/abc(def))", "10.1000/abc(def)"),
    ("10.1000/abc(def)).", "10.1000/abc(def)"),
    ("10.1890/0012-9658(2006)87[2614:x]2.0.co;2", "10.1890/0012-9658(2006)87[2614:x]2.0.co;2"),
    ("10.1000/a[b]", "10.1000/a[b]"),
    ("10.1000/a[b]]", "10.1000/a[b]"),
    # what is special in a web address
    (f"doi:{SICI}", SICI),
    (f"https://doi.org/{SICI}", SICI),
    (f"https://doi.org/{SICI.upper()}", SICI),
    (f"https://doi.org/{quote(SICI, safe='')}", SICI),
    (f"https://doi.org/{quote(SICI)}", SICI),
    ("10.1002/(SICI)1521-3978(199806)46:4/5&lt;493::AID-PROP493&gt;3.0.CO;2-P", SICI),
    (f"doi:{SICI_HASH}", SICI_HASH),
    (f"https://doi.org/{SICI_HASH}", SICI_HASH),
    (f"https://doi.org/{SICI_HASH}#section", SICI_HASH),
    (f"https://doi.org/{quote(SICI_HASH)}", SICI_HASH),
    ("10.1000/a#b", "10.1000/a#b"),
    ("doi:10.1000/a?b=c", "10.1000/a?b=c"),
    ("https://doi.org/10.1000/a#b", "10.1000/a"),
    ("https://doi.org/10.1000/a?b=c", "10.1000/a"),
    ("https://doi.org/10.1000/a?utm_source=x", "10.1000/a"),
    ("https://doi.org/10.1000/a%23b", "10.1000/a#b"),
    ("https://doi.org/10.1000/a%3Fb", "10.1000/a?b"),
    ("https://doi.org/10.1000/a%3Cb%3E", "10.1000/a<b>"),
    ("https://doi.org/10.1000%2Fa", "10.1000/a"),
    ("https://doi.org/10.1000/a%2525b", "10.1000/a%25b"),
    ("https://doi.org/10.1000/a%25b", "10.1000/a%b"),
    ("https://doi.org/10.1000/caf%C3%A9", "10.1000/café"),
    ("10.1000/a%2Fb", "10.1000/a/b"),
    ("10.1000/a;b", "10.1000/a;b"),
    ("10.1000/a+b", "10.1000/a+b"),
    ("10.1001/jama.251.19.2504,2509", "10.1001/jama.251.19.2504,2509"),
    ("10.1000/a&amp;b", "10.1000/a&b"),
    (r"10.1007/978-3-031-16452-1\_42", "10.1007/978-3-031-16452-1_42"),
    ("10.1000/abc-", "10.1000/abc-"),
    ("10.1000.10/123456", "10.1000.10/123456"),
    ("10.123456789/x", "10.123456789/x"),
    ("10.1000/x", "10.1000/x"),
    ("10.1000/x-ray", "10.1000/x-ray"),
    ("10.1038/nn1234", "10.1038/nn1234"),
    ("10.1145/3583593", "10.1145/3583593"),
    ("10.48550/arXiv.xyz", "10.48550/arxiv.xyz"),
    # other resolvers and libraries' proxies
    ("https://doi.acm.org/10.1145/3583593", "10.1145/3583593"),
    ("https://doi-org.proxy.lib.example-university.edu/10.1145/3583593", "10.1145/3583593"),
    ("https://doi-org.ezproxy.uni.edu/10.1145/3583593", "10.1145/3583593"),
    ("https://dx-doi-org.libproxy.uni.edu/10.1145/3583593", "10.1145/3583593"),
    ("https://doi.org.ezproxy.uni.edu/10.1145/3583593", "10.1145/3583593"),
    ("http://0-doi.org.library.uni.edu/10.1145/3583593", "10.1145/3583593"),
    (
        "https://www-nature-com.ezproxy.uni.edu/articles/s41598-022-05539-7",
        "10.1038/s41598-022-05539-7",
    ),
    (
        "https://link-springer-com.uni.idm.oclc.org/article/10.1007/s11265-022-01757-4",
        "10.1007/s11265-022-01757-4",
    ),
    (
        "http://link.springer.com.proxy.uni.edu/article/10.1007/s11265-022-01757-4",
        "10.1007/s11265-022-01757-4",
    ),
    ("https://login.ezproxy.uni.edu/login?url=https://doi.org/10.1145/3583593", "10.1145/3583593"),
    (
        "https://ezproxy.uni.edu/login?qurl=https%3A%2F%2Fdoi.org%2F10.1145%2F3583593",
        "10.1145/3583593",
    ),
    (
        "https://ezproxy.uni.edu/login?a=1&url=https%3a%2f%2fdoi.org%2f10.1000%2fa%2523b",
        "10.1000/a#b",
    ),
]

ARXIVS = [
    ("https://arxiv.org/abs/2310.18689", "2310.18689", None),
    ("http://arxiv.org/abs/2301.06574v1", "2301.06574", "v1"),
    ("https://arxiv.org/pdf/1801.03924.pdf", "1801.03924", None),
    ("https://arxiv.org/pdf/2103.00006", "2103.00006", None),
    ("https://arxiv.org/pdf/2301.00001v2", "2301.00001", "v2"),
    ("https://arxiv.org/pdf/2301.00001v12.pdf", "2301.00001", "v12"),
    ("https://arxiv.org/pdf/2301.00001.pdf#page=3", "2301.00001", None),
    ("https://arxiv.org/html/2301.00001v2", "2301.00001", "v2"),
    ("https://arxiv.org/html/2301.00001v1#S3.SS1", "2301.00001", "v1"),
    ("https://arxiv.org/format/2301.00001", "2301.00001", None),
    ("https://arxiv.org/ps/hep-th/9901001", "hep-th/9901001", None),
    ("https://arxiv.org/src/2301.00001v1", "2301.00001", "v1"),
    ("https://arxiv.org/e-print/2301.00001", "2301.00001", None),
    ("https://arxiv.org/abs/2301.00001/", "2301.00001", None),
    ("https://arxiv.org/abs/2301.00001.", "2301.00001", None),
    ("https://arxiv.org/abs/2301.00001 ", "2301.00001", None),
    ("https://arxiv.org/abs/2301.00001%20", "2301.00001", None),
    ("https://arxiv.org/abs/2301.00001)", "2301.00001", None),
    ("https://arxiv.org/abs/2301.00001v1?context=cs.LG", "2301.00001", "v1"),
    ("https://arxiv.org/abs/2301.00001?utm_source=x", "2301.00001", None),
    ("https://arxiv.org//abs//2301.00001", "2301.00001", None),
    ("https://arxiv.org/abs/arXiv:2301.00001", "2301.00001", None),
    ("https://arxiv.org/abs/2301.00001V2", "2301.00001", "v2"),
    ("https://www.arxiv.org/abs/2301.00001", "2301.00001", None),
    ("https://export.arxiv.org/abs/2301.00001v3", "2301.00001", "v3"),
    ("https://cn.arxiv.org/abs/2301.00001", "2301.00001", None),
    ("http://xxx.lanl.gov/abs/hep-th/9901001", "hep-th/9901001", None),
    ("https://arxiv.org/ftp/arxiv/papers/1410/1410.1234.pdf", "1410.1234", None),
    ("https://browse.arxiv.org/ftp/arxiv/papers/2301/2301.00001.pdf", "2301.00001", None),
    ("arxiv.org/abs/2301.00001", "2301.00001", None),
    ("HTTPS://ARXIV.ORG/ABS/2301.00001V2", "2301.00001", "v2"),
    ("https://ar5iv.org/abs/2301.00001", "2301.00001", None),
    ("https://ar5iv.org/html/2301.00001v2", "2301.00001", "v2"),
    ("https://ar5iv.labs.arxiv.org/html/2301.00001", "2301.00001", None),
    ("https://www.alphaxiv.org/abs/2301.00001v1", "2301.00001", "v1"),
    ("https://alphaxiv.org/overview/2301.00001", "2301.00001", None),
    ("https://huggingface.co/papers/2301.00001", "2301.00001", None),
    ("https://www.arxiv-vanity.com/papers/2301.00001/", "2301.00001", None),
    ("https://arxiv-org.ezproxy.uni.edu/abs/2301.00001", "2301.00001", None),
    ("https://www-arxiv--vanity-com.ezproxy.uni.edu/papers/2301.00001", "2301.00001", None),
    ("2301.00001", "2301.00001", None),
    ("2301.00001v2", "2301.00001", "v2"),
    ("2301.00001.", "2301.00001", None),
    ("arXiv:2301.00001", "2301.00001", None),
    ("arXiv:2301.00001v2", "2301.00001", "v2"),
    ("arxiv:2107.05580V2", "2107.05580", "v2"),
    ("ARXIV: 2301.00001", "2301.00001", None),
    ("arXiv 2301.00001", "2301.00001", None),
    ("arXiv:arXiv:2301.00001", "2301.00001", None),
    ("arXiv:2301.00001 [cs.CV]", "2301.00001", None),
    ("arXiv:2301.00001v3 [q-bio.QM].", "2301.00001", "v3"),
    ("info:arxiv/2301.00001", "2301.00001", None),
    ("10.48550/arXiv.2301.00001", "2301.00001", None),
    ("https://doi.org/10.48550/arXiv.2301.00001", "2301.00001", None),
    ("https://doi.org/10.48550/ARXIV.2301.00001v2", "2301.00001", "v2"),
    ("doi:10.48550/arxiv.2301.00001.", "2301.00001", None),
    ("10.48550/arXiv.cmp-lg/9704001", "cmp-lg/9704001", None),
    ("https://doi.org/10.48550/arXiv.math%2F0609504", "math/0609504", None),
    # the old style, whose subject class is no part of it
    ("hep-th/9901001", "hep-th/9901001", None),
    ("HEP-TH/9901001v3", "hep-th/9901001", "v3"),
    ("https://arxiv.org/abs/hep-th/9901001", "hep-th/9901001", None),
    ("https://arxiv.org/pdf/hep-th/9901001v2.pdf", "hep-th/9901001", "v2"),
    ("https://arxiv.org/ps/hep-th/9901001.ps.gz", "hep-th/9901001", None),
    ("math.GT/0309136", "math/0309136", None),
    ("arXiv:math.GT/0309136v1", "math/0309136", "v1"),
    ("https://arxiv.org/abs/cond-mat.mtrl-sci/0703001", "cond-mat/0703001", None),
    ("astro-ph/0601001v1", "astro-ph/0601001", "v1"),
    ("cs/0703001", "cs/0703001", None),
    ("math-ph/0703001", "math-ph/0703001", None),
    ("quant-ph/9107001", "quant-ph/9107001", None),
    # the first and the last of each style
    ("arXiv:0704.0001", "0704.0001", None),
    ("arXiv:0712.9999", "0712.9999", None),
    ("arXiv:1412.9999", "1412.9999", None),
    ("arXiv:1501.00001", "1501.00001", None),
    ("arXiv:2012.12345", "2012.12345", None),
]

NO_ARXIVS = [  # look like one, but no such number can be
    "arXiv:1412.00001",
    "arXiv:1501.0001",
    "arXiv:2313.00001",
    "arXiv:2300.00001",
    "arXiv:0703.0001",
    "arXiv:0612.0001",
    "arXiv:2301.00000",
    "arXiv:1301.0000",
    "arXiv:2301.000001",
    "arXiv:2301.00001v0",
    "arXiv:2301.00001vv",
    "arXiv:hep-th/0704001",
    "arXiv:hep-th/9013001",
    "arXiv:hep-th/9001001",
    "arXiv:hep-th/9901000",
    "arXiv:hep-th/990100",
    "arXiv:stat/0601001",
    "2301.00001.pdf",
    "1234.56789",
    "\u0662\u0663\u0660\u0661.\u0660\u0660\u0660\u0660\u0661",
]

GITHUBS = [
    ("https://github.com/batmanlab/HA-GAN/tree/master", "batmanlab/HA-GAN"),
    (
        "https://github.com/Likalto4/diffusion-models_master/tree/main",
        "Likalto4/diffusion-models_master",
    ),
    ("https://github.com/AgaMiko/debiasing-effect-of-gans.", "AgaMiko/debiasing-effect-of-gans"),
    (
        "https://github.com/mah533/Synthetic-ECG-Generation---GAN-Models-Comparison",
        "mah533/Synthetic-ECG-Generation---GAN-Models-Comparison",
    ),
    ("https://github.com/o/n", "o/n"),
    ("http://www.github.com/o/n/", "o/n"),
    ("https://GitHub.com/PyTorch/Vision", "PyTorch/Vision"),
    ("github.com/o/n", "o/n"),
    ("https://github.com//o//n//", "o/n"),
    ("https://github.com/o/n.git", "o/n"),
    ("https://github.com/o/n.git/", "o/n"),
    ("https://github.com/o/n.wiki.git", "o/n"),
    ("https://github.com/o/n/wiki/Home", "o/n"),
    ("https://github.com/o/n?tab=readme-ov-file", "o/n"),
    ("https://github.com/o/n#readme", "o/n"),
    ("https://github.com/o/n/?tab=readme-ov-file#usage", "o/n"),
    ("https://github.com/o/n,", "o/n"),
    ("https://github.com/o/n).", "o/n"),
    ("https://github.com/o/n ", "o/n"),
    ("https://github.com/o/n%20", "o/n"),
    ("https://github.com/o/n/blob/main/LICENSE", "o/n"),
    ("https://github.com/o/n/releases/tag/v1.0", "o/n"),
    ("https://github.com/o/n/releases/download/v1/a.zip", "o/n"),
    ("https://github.com/o/n/issues/3", "o/n"),
    ("https://github.com/o/n/pull/3/files", "o/n"),
    ("https://github.com/o/n/archive/refs/heads/main.zip", "o/n"),
    ("https://github.com/o/n/stargazers", "o/n"),
    ("https://github.com/o/n/workflows/CI/badge.svg", "o/n"),
    ("https://github.com/o/n/actions/workflows/ci.yml/badge.svg?branch=main", "o/n"),
    ("https://github.com/o/o.github.io", "o/o.github.io"),
    ("https://github.com/o/.github", "o/.github"),
    ("https://github.com/o/n_1.2-x", "o/n_1.2-x"),
    ("https://github.com/corp_acme/n", "corp_acme/n"),
    ("https://github.com/" + "a" * 39 + "/" + "n" * 100, "a" * 39 + "/" + "n" * 100),
    ("https://token@github.com/o/n.git", "o/n"),
    ("git+https://github.com/o/n.git@main", "o/n"),
    ("git+https://github.com/o/n.git", "o/n"),
    ("git+ssh://git@github.com/o/n.git", "o/n"),
    ("git://github.com/o/n.git", "o/n"),
    ("ssh://git@github.com/o/n.git", "o/n"),
    ("ssh://git@ssh.github.com:443/o/n.git", "o/n"),
    ("git@github.com:o/n.git", "o/n"),
    ("git@github.com:/o/n.git", "o/n"),
    ("github:o/n", "o/n"),
    ("https://raw.githubusercontent.com/o/n/main/README.md", "o/n"),
    ("https://raw.github.com/o/n/main/README.md", "o/n"),
    ("https://codeload.github.com/o/n/zip/refs/heads/main", "o/n"),
    ("https://api.github.com/repos/o/n", "o/n"),
    ("https://api.github.com/repos/o/n/releases?per_page=1", "o/n"),
    ("https://github1s.com/o/n", "o/n"),
    ("https://colab.research.google.com/github/o/n/blob/main/a.ipynb", "o/n"),
    ("https://nbviewer.jupyter.org/github/o/n/blob/main/a.ipynb", "o/n"),
    ("https://nbviewer.org/github/o/n/tree/main/", "o/n"),
    ("https://mybinder.org/v2/gh/o/n/HEAD?labpath=a.ipynb", "o/n"),
    ("https://codecov.io/gh/o/n/branch/main/graph/badge.svg", "o/n"),
    ("https://app.codecov.io/github/o/n", "o/n"),
    ("https://img.shields.io/github/stars/o/n", "o/n"),
    ("https://img.shields.io/github/stars/o/n.svg?style=social", "o/n"),
    ("https://img.shields.io/github/license/o/n.png", "o/n"),
    ("https://img.shields.io/github/last-commit/o/n/main", "o/n"),
    ("https://img.shields.io/github/v/release/o/n", "o/n"),
    ("https://img.shields.io/github/commit-activity/m/o/n", "o/n"),
    ("https://img.shields.io/github/languages/top/o/n.svg", "o/n"),
    ("https://img.shields.io/github/actions/workflow/status/o/n/ci.yml", "o/n"),
    ("https://img.shields.io/github/workflow/status/o/n/CI", "o/n"),
    ("https://badgen.net/github/stars/o/n", "o/n"),
    ("https://flat.badgen.net/github/license/o/n.svg", "o/n"),
]

PUBLISHERS = [
    # the DOI stands in the address
    ("https://onlinelibrary.wiley.com/doi/10.1002/ima.22880", "doi:10.1002/ima.22880"),
    ("https://onlinelibrary.wiley.com/doi/abs/10.1002/ima.22880", "doi:10.1002/ima.22880"),
    ("https://onlinelibrary.wiley.com/doi/full/10.1002/ima.22880?af=R", "doi:10.1002/ima.22880"),
    ("https://onlinelibrary.wiley.com/doi/pdf/10.1002/ima.22880", "doi:10.1002/ima.22880"),
    ("https://onlinelibrary.wiley.com/doi/epdf/10.1002/ima.22880#x", "doi:10.1002/ima.22880"),
    (
        "https://onlinelibrary.wiley.com/doi/pdfdirect/10.1002/ima.22880?download=true",
        "doi:10.1002/ima.22880",
    ),
    ("https://onlinelibrary.wiley.com/doi/10.1002/ima.22880/full", "doi:10.1002/ima.22880"),
    ("https://onlinelibrary.wiley.com/doi/10.1002/ima.22880/abstract", "doi:10.1002/ima.22880"),
    ("https://onlinelibrary.wiley.com/doi/10.1002%2Fima.22880", "doi:10.1002/ima.22880"),
    ("https://aapm.onlinelibrary.wiley.com/doi/full/10.1002/mp.12345", "doi:10.1002/mp.12345"),
    (f"https://onlinelibrary.wiley.com/doi/abs/{quote(SICI, safe='/')}", f"doi:{SICI}"),
    ("https://dl.acm.org/doi/10.1145/3583593", "doi:10.1145/3583593"),
    ("https://dl.acm.org/doi/abs/10.1145/3583593", "doi:10.1145/3583593"),
    ("https://dl.acm.org/doi/fullHtml/10.1145/3583593", "doi:10.1145/3583593"),
    ("https://dl.acm.org/doi/proceedings/10.1145/3477314", "doi:10.1145/3477314"),
    ("https://dl.acm.org/doi/suppl/10.1145/3583593/suppl_file/a.zip", "doi:10.1145/3583593"),
    (
        "https://www.tandfonline.com/doi/full/10.1080/21681163.2022.2083019",
        "doi:10.1080/21681163.2022.2083019",
    ),
    ("https://www.science.org/doi/10.1126/sciadv.abb7973", "doi:10.1126/sciadv.abb7973"),
    ("https://www.pnas.org/doi/abs/10.1073/pnas.1907377117", "doi:10.1073/pnas.1907377117"),
    (
        "https://www.pnas.org/doi/suppl/10.1073/pnas.1907377117/suppl_file/a.pdf",
        "doi:10.1073/pnas.1907377117",
    ),
    (
        "https://journals.sagepub.com/doi/pdf/10.1177/0962280220921415",
        "doi:10.1177/0962280220921415",
    ),
    ("https://pubs.acs.org/doi/10.1021/acs.jcim.9b00237", "doi:10.1021/acs.jcim.9b00237"),
    (
        "https://link.aps.org/doi/10.1103/PhysRevLett.116.061102",
        "doi:10.1103/physrevlett.116.061102",
    ),
    (
        "https://journals.aps.org/prl/abstract/10.1103/PhysRevLett.116.061102",
        "doi:10.1103/physrevlett.116.061102",
    ),
    (
        "https://journals.aps.org/prl/pdf/10.1103/PhysRevLett.116.061102",
        "doi:10.1103/physrevlett.116.061102",
    ),
    ("https://iopscience.iop.org/article/10.1088/1361-6560/ab1234", "doi:10.1088/1361-6560/ab1234"),
    (
        "https://iopscience.iop.org/article/10.1088/1361-6560/ab1234/meta",
        "doi:10.1088/1361-6560/ab1234",
    ),
    (
        "https://iopscience.iop.org/article/10.1088/1361-6560/ab1234/pdf?x=1",
        "doi:10.1088/1361-6560/ab1234",
    ),
    (
        "https://link.springer.com/article/10.1007/s11265-022-01757-4",
        "doi:10.1007/s11265-022-01757-4",
    ),
    (
        "https://link.springer.com/article/10.1007/s11265-022-01757-4/figures/1",
        "doi:10.1007/s11265-022-01757-4",
    ),
    (
        "https://link.springer.com/chapter/10.1007/978-3-031-16452-1_42",
        "doi:10.1007/978-3-031-16452-1_42",
    ),
    (
        "https://link.springer.com/chapter/10.1007%2F978-3-031-16452-1_42",
        "doi:10.1007/978-3-031-16452-1_42",
    ),
    ("https://link.springer.com/book/10.1007/978-3-031-16452-1", "doi:10.1007/978-3-031-16452-1"),
    (
        "https://link.springer.com/content/pdf/10.1007/978-3-031-16452-1_42.pdf",
        "doi:10.1007/978-3-031-16452-1_42",
    ),
    (
        "https://link.springer.com/content/pdf/10.1007%2f978-3-031-16452-1_42.pdf",
        "doi:10.1007/978-3-031-16452-1_42",
    ),
    ("https://link.springer.com/10.1007/978-3-031-16452-1_42", "doi:10.1007/978-3-031-16452-1_42"),
    (
        "https://bmcbioinformatics.biomedcentral.com/articles/10.1186/s12859-019-1234-5",
        "doi:10.1186/s12859-019-1234-5",
    ),
    (
        "https://bmcbioinformatics.biomedcentral.com/track/pdf/10.1186/s12859-019-1234-5.pdf",
        "doi:10.1186/s12859-019-1234-5",
    ),
    (
        "https://asp-eurasipjournals.springeropen.com/articles/10.1186/s13634-1",
        "doi:10.1186/s13634-1",
    ),
    (
        "https://www.frontiersin.org/journals/neurology/articles/10.3389/fneur.2022.755094/full",
        "doi:10.3389/fneur.2022.755094",
    ),
    (
        "https://www.frontiersin.org/articles/10.3389/fneur.2022.755094/full",
        "doi:10.3389/fneur.2022.755094",
    ),
    (
        "https://www.frontiersin.org/articles/10.3389/fneur.2022.755094",
        "doi:10.3389/fneur.2022.755094",
    ),
    (
        "https://journal.frontiersin.org/article/10.3389/fneur.2022.755094/pdf",
        "doi:10.3389/fneur.2022.755094",
    ),
    (
        "https://journals.plos.org/plosone/article?id=10.1371/journal.pone.0012345",
        "doi:10.1371/journal.pone.0012345",
    ),
    (
        "https://journals.plos.org/plosone/article/file?type=printable&id=10.1371/journal.pone.0012345",
        "doi:10.1371/journal.pone.0012345",
    ),
    (
        "https://journals.plos.org/ploscompbiol/article?id=10.1371%2Fjournal.pcbi.1001234&rev=2",
        "doi:10.1371/journal.pcbi.1001234",
    ),
    (
        "http://www.plosone.org/article/info%3Adoi%2F10.1371%2Fjournal.pone.0012345",
        "doi:10.1371/journal.pone.0012345",
    ),
    (
        "http://www.plosone.org/article/info:doi/10.1371/journal.pone.0012345",
        "doi:10.1371/journal.pone.0012345",
    ),
    (
        "https://www.biorxiv.org/content/10.1101/2020.01.02.123456v1",
        "doi:10.1101/2020.01.02.123456",
    ),
    (
        "https://www.biorxiv.org/content/10.1101/2020.01.02.123456v2.full",
        "doi:10.1101/2020.01.02.123456",
    ),
    (
        "https://www.biorxiv.org/content/10.1101/2020.01.02.123456v2.full.pdf",
        "doi:10.1101/2020.01.02.123456",
    ),
    (
        "https://www.biorxiv.org/content/10.1101/2020.01.02.123456v1.full-text",
        "doi:10.1101/2020.01.02.123456",
    ),
    (
        "https://www.biorxiv.org/content/10.1101/2020.01.02.123456.abstract",
        "doi:10.1101/2020.01.02.123456",
    ),
    (
        "https://www.medrxiv.org/content/10.1101/2020.01.02.20123456v1.full",
        "doi:10.1101/2020.01.02.20123456",
    ),
    ("https://www.biorxiv.org/content/10.1101/053728v1", "doi:10.1101/053728"),
    ("https://www.biorxiv.org/content/10.1101/053728", "doi:10.1101/053728"),
    (
        "https://www.biorxiv.org/content/biorxiv/early/2020/01/02/2020.01.02.123456.full.pdf",
        "doi:10.1101/2020.01.02.123456",
    ),
    ("https://www.biorxiv.org/content/early/2016/05/17/053728", "doi:10.1101/053728"),
    (
        "https://www.spiedigitallibrary.org/conference-proceedings-of-spie/12032/120320A/A-title/10.1117/12.2625781.full",
        "doi:10.1117/12.2625781",
    ),
    (
        "https://www.spiedigitallibrary.org/journals/x/10.1117/1.JMI.6.1.014501.short",
        "doi:10.1117/1.jmi.6.1.014501",
    ),
    ("https://zenodo.org/doi/10.5281/zenodo.1234567", "doi:10.5281/zenodo.1234567"),
    ("https://zenodo.org/badge/doi/10.5281/zenodo.1234567.svg", "doi:10.5281/zenodo.1234567"),
    ("https://zenodo.org/badge/DOI/10.5281/zenodo.1234567.svg", "doi:10.5281/zenodo.1234567"),
    # the article's own number ends the DOI
    ("https://www.nature.com/articles/s41598-022-05539-7", "doi:10.1038/s41598-022-05539-7"),
    ("https://www.nature.com/articles/s41598-022-05539-7.pdf", "doi:10.1038/s41598-022-05539-7"),
    ("https://www.nature.com/articles/s41598-022-05539-7#Sec2", "doi:10.1038/s41598-022-05539-7"),
    (
        "https://www.nature.com/articles/s41598-022-05539-7/figures/1",
        "doi:10.1038/s41598-022-05539-7",
    ),
    (
        "https://www.nature.com/articles/s41598-022-05539-7_reference.pdf",
        "doi:10.1038/s41598-022-05539-7",
    ),
    ("https://www.nature.com/articles/nature14539?x=1", "doi:10.1038/nature14539"),
    ("https://www.nature.com/articles/sdata.2017.117", "doi:10.1038/sdata.2017.117"),
    ("https://www.nature.com/articles/171737a0", "doi:10.1038/171737a0"),
    (
        "http://www.nature.com/nature/journal/v521/n7553/full/nature14539.html",
        "doi:10.1038/nature14539",
    ),
    ("https://elifesciences.org/articles/00013", "doi:10.7554/elife.00013"),
    ("https://elifesciences.org/articles/12345v2", "doi:10.7554/elife.12345"),
    ("https://elifesciences.org/reviewed-preprints/85980", "doi:10.7554/elife.85980"),
    ("https://peerj.com/articles/1234/", "doi:10.7717/peerj.1234"),
    ("https://peerj.com/articles/1234.pdf", "doi:10.7717/peerj.1234"),
    ("https://peerj.com/articles/cs-123/", "doi:10.7717/peerj-cs.123"),
    ("https://peerj.com/preprints/1234/", "doi:10.7287/peerj.preprints.1234"),
    ("https://www.hindawi.com/journals/jhe/2022/7028517/", "doi:10.1155/2022/7028517"),
    ("https://downloads.hindawi.com/journals/jhe/2022/7028517.pdf", "doi:10.1155/2022/7028517"),
    ("https://papers.ssrn.com/sol3/papers.cfm?abstract_id=3770000", "doi:10.2139/ssrn.3770000"),
    (
        "https://papers.ssrn.com/sol3/Papers.cfm?x=1&abstractid=3770000&y=2",
        "doi:10.2139/ssrn.3770000",
    ),
    ("https://ssrn.com/abstract=3770000", "doi:10.2139/ssrn.3770000"),
    ("https://zenodo.org/record/1234567", "doi:10.5281/zenodo.1234567"),
    ("https://zenodo.org/records/1234567/files/a.zip?download=1", "doi:10.5281/zenodo.1234567"),
    ("https://www.researchsquare.com/article/rs-123456/v1", "doi:10.21203/rs.3.rs-123456/v1"),
    ("https://www.researchsquare.com/article/rs-123456/v2.pdf", "doi:10.21203/rs.3.rs-123456/v2"),
    ("https://www.mdpi.com/2313-433X/9/3/69", "doi:10.3390/jimaging9030069"),
    ("https://www.mdpi.com/2313-433x/9/3/69/htm", "doi:10.3390/jimaging9030069"),
    ("https://www.mdpi.com/2313-433X/9/3/69/pdf?version=1", "doi:10.3390/jimaging9030069"),
    ("https://www.mdpi.com/1424-8220/23/19/8328", "doi:10.3390/s23198328"),
    ("https://www.mdpi.com/1424-8220/21/23/7975", "doi:10.3390/s21237975"),
    ("https://www.mdpi.com/1424-8220/24/7/2076", "doi:10.3390/s24072076"),
    ("https://www.mdpi.com/2076-3417/12/23/12206", "doi:10.3390/app122312206"),
    ("https://www.mdpi.com/2306-5354/10/11/1258", "doi:10.3390/bioengineering10111258"),
    ("https://www.mdpi.com/2075-4418/12/2/253", "doi:10.3390/diagnostics12020253"),
    # numbers of their own
    (
        "https://www.sciencedirect.com/science/article/abs/pii/S0899707122002856",
        "pii:S0899707122002856",
    ),
    (
        "https://www.sciencedirect.com/science/article/pii/S1361841523001068?via%3Dihub",
        "pii:S1361841523001068",
    ),
    (
        "https://www.sciencedirect.com/science/article/pii/S1361841523001068/pdfft?md5=x",
        "pii:S1361841523001068",
    ),
    (
        "https://www.sciencedirect.com/science/article/am/pii/s1361841523001068",
        "pii:S1361841523001068",
    ),
    (
        "https://www.sciencedirect.com/science/article/pii/B9780128021217000014",
        "pii:B9780128021217000014",
    ),
    ("https://linkinghub.elsevier.com/retrieve/pii/S0022073621001850", "pii:S0022073621001850"),
    (
        "https://reader.elsevier.com/reader/sd/pii/S0022073621001850?token=x",
        "pii:S0022073621001850",
    ),
    ("https://www.cell.com/patterns/fulltext/S2666-3899(24)00173-6", "pii:S2666389924001736"),
    ("https://www.cell.com/cell/pdf/S0092-8674%2820%2930820-6.pdf", "pii:S0092867420308206"),
    (
        "https://www.cell.com/cell-reports/medicine/fulltext/S2666-3899(24)00173-6",
        "pii:S2666389924001736",
    ),
    (
        "https://www.thelancet.com/journals/lancet/article/PIIS0140-6736(20)30183-5/fulltext",
        "pii:S0140673620301835",
    ),
    ("pii:S0022073621001850", "pii:S0022073621001850"),
    ("S0022-0736(21)00185-0", "pii:S0022073621001850"),
    ("https://ieeexplore.ieee.org/abstract/document/9770375", "ieee:9770375"),
    ("https://ieeexplore.ieee.org/document/9770375/", "ieee:9770375"),
    ("https://ieeexplore.ieee.org/document/9770375/authors#authors", "ieee:9770375"),
    ("https://ieeexplore.ieee.org/document/09770375", "ieee:9770375"),
    ("https://ieeexplore.ieee.org/stamp/stamp.jsp?tp=&arnumber=9770375", "ieee:9770375"),
    ("https://ieeexplore.ieee.org/stamp/stamp.jsp?arnumber=9770375&tag=1", "ieee:9770375"),
    ("http://ieeexplore.ieee.org/xpl/articleDetails.jsp?arnumber=9770375", "ieee:9770375"),
    ("https://openreview.net/forum?id=mDwURmlapW", "openreview:mDwURmlapW"),
    ("https://openreview.net/forum?noteId=x&id=mDwURmlapW", "openreview:mDwURmlapW"),
    ("https://openreview.net/pdf?id=mDwURmlapW", "openreview:mDwURmlapW"),
    (
        "https://openreview.net/attachment?id=mDwURmlapW&name=supplementary_material",
        "openreview:mDwURmlapW",
    ),
    ("https://openreview.net/forum?id=B1-_x-Q0Z", "openreview:B1-_x-Q0Z"),
    ("https://pubmed.ncbi.nlm.nih.gov/31234567/", "pubmed:31234567"),
    ("https://www.ncbi.nlm.nih.gov/pubmed/31234567", "pubmed:31234567"),
    ("https://www.ncbi.nlm.nih.gov/pubmed/?term=31234567", "pubmed:31234567"),
    ("https://europepmc.org/article/MED/31234567", "pubmed:31234567"),
    ("PMID: 31234567", "pubmed:31234567"),
    ("pmid:31234567.", "pubmed:31234567"),
    ("PMID 31234567", "pubmed:31234567"),
    ("PMID31234567", "pubmed:31234567"),
    ("info:pmid/31234567", "pubmed:31234567"),
    ("pubmed:31234567", "pubmed:31234567"),
    ("https://www.ncbi.nlm.nih.gov/pmc/articles/PMC1234567/", "pmc:PMC1234567"),
    ("https://www.ncbi.nlm.nih.gov/labs/pmc/articles/PMC1234567/", "pmc:PMC1234567"),
    ("https://pmc.ncbi.nlm.nih.gov/articles/PMC1234567/pdf/a.pdf", "pmc:PMC1234567"),
    ("https://europepmc.org/article/PMC/PMC1234567", "pmc:PMC1234567"),
    ("https://europepmc.org/articles/PMC1234567", "pmc:PMC1234567"),
    ("PMC1234567", "pmc:PMC1234567"),
    ("pmc1234567.2", "pmc:PMC1234567"),
    ("PMCID: PMC1234567", "pmc:PMC1234567"),
    ("pmc:1234567", "pmc:PMC1234567"),
    ("https://www.jmlr.org/papers/volume13/gretton12a/gretton12a.pdf", "jmlr:v13/gretton12a"),
    ("https://jmlr.org/papers/v13/gretton12a.html", "jmlr:v13/gretton12a"),
    ("http://jmlr.csail.mit.edu/papers/volume13/gretton12a/gretton12a.pdf", "jmlr:v13/gretton12a"),
    ("https://jmlr.org/papers/v21/20-074.html", "jmlr:v21/20-074"),
    ("https://proceedings.mlr.press/v139/radford21a.html", "pmlr:v139/radford21a"),
    ("https://proceedings.mlr.press/v139/radford21a", "pmlr:v139/radford21a"),
    ("http://proceedings.mlr.press/v139/radford21a/radford21a.pdf", "pmlr:v139/radford21a"),
    ("http://proceedings.mlr.press/v139/radford21a/radford21a-supp.pdf", "pmlr:v139/radford21a"),
    ("http://www.jmlr.org/proceedings/papers/v15/glorot11a/glorot11a.pdf", "pmlr:v15/glorot11a"),
    ("https://aclanthology.org/2020.acl-main.747/", "acl:2020.acl-main.747"),
    ("https://aclanthology.org/2020.acl-main.747.pdf", "acl:2020.acl-main.747"),
    ("https://aclanthology.org/2020.acl-main.747v2.pdf", "acl:2020.acl-main.747"),
    ("https://aclanthology.org/P19-1001.bib", "acl:P19-1001"),
    ("https://www.aclweb.org/anthology/P19-1001", "acl:P19-1001"),
    ("https://www.aclweb.org/anthology/papers/P/P19/P19-1001/", "acl:P19-1001"),
    ("https://gist.github.com/karpathy/d4dee566867f8291f086", "gist:d4dee566867f8291f086"),
    ("https://gist.github.com/d4dee566867f8291f086#comments", "gist:d4dee566867f8291f086"),
    ("https://gist.github.com/karpathy/d4dee566867f8291f086.js", "gist:d4dee566867f8291f086"),
    (
        "https://gist.githubusercontent.com/o/d4dee566867f8291f086/raw/a.py",
        "gist:d4dee566867f8291f086",
    ),
]

LINKS = [  # web pages that no rule is certain of, with their normalised address
    ("https://en.wikipedia.org/wiki/Peak_signal-to-noise_ratio", None),
    ("https://blog.paperspace.com/review-metrics-image-synthesis-models/", None),
    ("https://awesome.re", None),
    ("https://awesome.re/badge.svg", None),
    ("http://makeapullrequest.com", None),
    ("https://opensource.org/licenses/MIT", None),
    ("https://img.shields.io/badge/License-MIT-yellow.svg", None),
    ("https://img.shields.io/github/followers/o?style=social", None),
    ("https://img.shields.io/github/stars/o", None),
    ("HTTPS://Blog.Paperspace.COM/A/B?C=D", "https://blog.paperspace.com/A/B?C=D"),
    ("https://a.org:443/x", "https://a.org/x"),
    ("http://a.org:80/x", "http://a.org/x"),
    ("http://a.org:443/x", None),
    ("https://a.org:8080/x", None),
    ("https://a.org:/x", "https://a.org/x"),
    ("https://a.org/x#y", "https://a.org/x"),
    ("https://a.org/#", "https://a.org/"),
    ("https://a.org/x?utm_source=y", "https://a.org/x"),
    ("https://a.org/x?UTM_Source=y&utm_medium=z", "https://a.org/x"),
    ("https://a.org/x?a=1&utm_source=y&b=2#z", "https://a.org/x?a=1&b=2"),
    ("https://a.org/x?futm_a=1", None),
    ("https://a.org/?", None),
    ("https://a.org?x=1", None),
    ("https://a.org/x?a=1&&b", None),
    ("https://a.org/x%20y%2F", None),
    ("https://user:pass@a.org/x", None),
    ("https://a.org/x.", None),
    ("https://a.org/x ", "https://a.org/x"),
    ("<https://a.org/x>", "https://a.org/x"),
    ("https://a.org/(x)", None),
    ("https://[2001:db8::1]:8080/x", None),
    ("https://müller.de/x", None),
    ("https://medium.com/@user/x", None),
    ("url:https://a.org/x", "https://a.org/x"),
    # hosts that are known, pages that are not
    ("https://doi.org/", None),
    ("https://doi.org/abc123", None),
    ("https://doi.org/10.1000", None),
    ("https://doi.org/10.1000/", None),
    ("https://doi.org/10.abc/x", None),
    ("https://doi.org/10.1000/a b", None),
    ("https://doi.org/10.1000/%ff", None),
    ("https://www.doi.org/the-identifier/what-is-a-doi/", None),
    ("https://arxiv.org/", None),
    ("https://arxiv.org/list/cs.CV/recent", None),
    ("https://arxiv.org/abs/2313.00001", None),
    ("https://arxiv.org/abs/1412.00001", None),
    ("https://arxiv.org/a/surname_a_1", None),
    ("https://info.arxiv.org/help/api/index.html", None),
    ("https://huggingface.co/papers", None),
    ("https://huggingface.co/stabilityai/stable-diffusion-2", None),
    ("https://huggingface.co/datasets/o/n", None),
    ("https://github.com", None),
    ("https://github.com/", None),
    ("https://github.com/batmanlab", None),
    ("https://github.com/batmanlab/", None),
    ("https://github.com/batmanlab?tab=repositories", None),
    ("https://github.com/features/actions", None),
    ("https://github.com/orgs/acme/repositories", None),
    ("https://github.com/sponsors/lucidrains", None),
    ("https://github.com/topics/medical-imaging", None),
    ("https://github.com/Topics/medical-imaging", None),
    ("https://github.com/marketplace/actions", None),
    ("https://github.com/settings/tokens", None),
    ("https://github.com/login/oauth", None),
    ("https://github.com/about/press", None),
    ("https://github.com/search/advanced", None),
    ("https://github.com/explore/x", None),
    ("https://github.com/collections/x", None),
    ("https://github.com/trending/python", None),
    ("https://github.com/apps/dependabot", None),
    ("https://github.com/notifications/x", None),
    ("https://github.com/user-attachments/assets/1", None),
    ("https://github.com/-o/n", None),
    ("https://github.com/" + "a" * 40 + "/n", None),
    ("https://github.com/o/" + "n" * 101, None),
    ("https://github.com/o.p/n", None),
    ("https://github.com/o/..", None),
    ("https://github.com/o/n&amp;x", None),
    ("https://github.com/o/n\u00e9", None),
    ("https://batmanlab.github.io", None),
    ("https://batmanlab.github.io/HA-GAN/", None),
    ("https://docs.github.com/en/rest", None),
    ("https://education.github.com/pack/offers", None),
    ("https://api.github.com/users/o", None),
    ("https://gist.github.com/karpathy", None),
    ("https://gist.github.com/123456", None),
    ("https://gist.github.com/karpathy/587454", None),
    ("https://mybinder.org/v2/gl/o/n", None),
    ("https://colab.research.google.com/drive/1a2b", None),
    ("https://onlinelibrary.wiley.com/journal/10981098", None),
    ("https://dl.acm.org/citation.cfm?id=1219840", None),
    ("https://dl.acm.org/profile/99659", None),
    ("https://www.nature.com/srep/", None),
    ("https://www.nature.com/articles/6601234", None),
    ("https://www.nature.com/articles/6601234.pdf", None),
    ("https://www.nature.com/subjects/x", None),
    ("https://www.nature.com/articles/search?q=gan", None),
    ("https://www.yourlinkedin.com/x", None),
    ("https://link.springer.com/journal/11265", None),
    ("https://www.frontiersin.org/journals/neurology", None),
    ("https://journals.plos.org/plosone/", None),
    ("https://journals.plos.org/plosone/article/figure?id=10.1371/journal.pone.0012345.g001", None),
    ("https://www.mdpi.com/journal/jimaging", None),
    ("https://www.mdpi.com/2313-433X/9/3", None),
    ("https://www.mdpi.com/9999-9999/9/3/69", None),
    ("https://www.mdpi.com/1420-3049/12/3/504", None),
    ("https://www.mdpi.com/1099-4300/10/3/200", None),
    ("https://www.biorxiv.org/collection/bioinformatics", None),
    ("https://elifesciences.org/articles", None),
    ("https://peerj.com/computer-science/", None),
    ("https://www.hindawi.com/journals/jhe/", None),
    ("https://papers.ssrn.com/sol3/JELJOUR_Results.cfm?form_name=x", None),
    ("https://zenodo.org/communities/x", None),
    ("https://zenodo.org/badge/latestdoi/123", None),
    ("https://www.researchsquare.com/article/rs-123456/latest", None),
    ("https://www.researchsquare.com/article/rs-4623/v1", None),
    ("https://ieeexplore.ieee.org/xpl/conhome/9761375/proceeding", None),
    ("https://www.sciencedirect.com/journal/x", None),
    ("https://www.sciencedirect.com/science/article/pii/S12", None),
    ("https://www.cell.com/patterns/home", None),
    ("https://openreview.net/group?id=ICLR.cc/2023/Conference", None),
    ("https://openreview.net/references/pdf?id=abc", None),
    ("https://openreview.net/forum?id=", None),
    ("https://pubmed.ncbi.nlm.nih.gov/?term=gan", None),
    ("https://www.ncbi.nlm.nih.gov/pmc/", None),
    ("https://jmlr.org/papers/v13/", None),
    ("https://proceedings.mlr.press/v139/", None),
    ("https://aclanthology.org/venues/acl/", None),
    ("https://aclanthology.org/", None),
    ("https://dl.acm.org/" + "doi/" * 1000 + "10.1145/3583593", None),
    # proxies round pages that nobody knows
    ("https://ezproxy.uni.edu/login?url=https://a.org/x", None),
    ("https://ezproxy.uni.edu/login?url=https://", None),
    ("https://proxy.uni.edu/x", None),
    ("https://www-a-org.ezproxy.uni.edu/x", None),
    ("https://doi-org.uni.edu/10.1000/a", None),
]

OTHERS = [  # no web page, and nothing to ask anyone
    "",
    " ",
    "#",
    "#section",
    ".",
    "..",
    "/",
    "./",
    "../",
    "./a",
    "./docs/1_paired_translation.md",
    "../README.md",
    "a.md",
    "docs/x.md",
    "docs/",
    "/docs/x",
    "docs\\x.md",
    ".gitignore",
    "images/figure 1.png",
    "example/README.md",
    "CONTRIBUTING.md",
    "LICENSE",
    "License",
    "LICENCE",
    "COPYING",
    "Makefile",
    "Dockerfile",
    "CODE_OF_CONDUCT",
    "README",
    "?page=2",
    "a@b.org",
    "mailto:a@b.org",
    "javascript:void(0)",
    "data:image/png;base64,iVBORw0KGgo=",
    "tel:+123",
    "ftp://a.org/x",
    "file:///x",
    "ssh://git@gitlab.com/o/n",
    "git@gitlab.com:o/n.git",
    "//cdn.a.org/x",
    "a.org/x",
    "o/n",
    "12345",
    "1.5",
    "10.5",
    "10.1000",
    "10.1000/",
    "10.1/x",
    "10.1000/a b",
    "10.1000/%ff",
    "10.1000/\ud800",
    "10.1000/a\x00b",
    "doi:hello.world",
    "doi:",
    "github:o",
    "github:o/n/x.md",
    "ieee:abc",
    "pubmed:0",
    "unknown:x",
    "https:/a.org",
    "http://:80",
]

PLACEHOLDERS = [
    "https://example.com",
    "https://example.com/paper.pdf",
    "http://www.example.org/x",
    "https://sub.example.net",
    "https://EXAMPLE.com.",
    "https://example.com:8080",
    "https://x.example",
    "example.com",
    "www.example.org/paper",
    "https://paper.invalid/x",
    "http://localhost",
    "http://localhost:8000/x",
    "http://127.0.0.1:8000",
    "https://",
    "http://",
    "https://...",
    "https://link",
    "https://TODO",
    "https://xxx",
    "https://xxx.com",
    "https://www.xxxx.xxx/x",
    "https://<your-site>.com",
    "https://your-domain.com/x",
    "https://yourwebsite.org",
    "https://your-project-page.com",
    "https://yourusername.github.io/project",
    "https://your-username.github.io",
    "https://github.com/example",
    "https://github.com/example/",
    "https://github.com/example/paper-code",
    "https://github.com/yourusername/awesome-medical-image-synthesis",
    "https://github.com/your-username/x",
    "https://github.com/your_name/x",
    "https://github.com/YourName/YourRepo",
    "https://github.com/your-org/x/issues",
    "https://github.com/my-org/x",
    "https://github.com/yourusername",
    "https://github.com/yourusername/repo.git",
    "https://github.com/username/repo",
    "https://github.com/USER/REPO",
    "https://github.com/owner/project",
    "https://github.com/username",
    "https://github.com/<owner>/<repo>",
    "https://github.com/%3Cowner%3E/%3Crepo%3E",
    "https://github.com/{owner}/{repo}",
    "https://github.com/batmanlab/your-repo",
    "https://github.com/xxx/xxx",
    "https://raw.githubusercontent.com/user/repo/main/x",
    "https://img.shields.io/github/stars/username/repo",
    "git@github.com:username/repo.git",
    "username/repo",
    "user/repo",
    "OWNER/REPO",
    "your-username/your-repo",
    "<owner>/<repo>",
    "{owner}/{repo}",
    "[owner]/[repo]",
    "$OWNER/$REPO",
    "https://doi.org/10.xxxx/xxxxx",
    "https://doi.org/10.XXXX/XXXXX",
    "https://doi.org/10.1145/nnnnnnn.nnnnnnn",
    "https://doi.org/10.1016/xxxxx",
    "https://doi.org/10.xxxx",
    "10.xxxx/xxxxx",
    "10.1145/XXXXXXX.XXXXXXX",
    "10.0000/abc",
    "doi:10.xxxx/xxxxx",
    "https://arxiv.org/abs/XXXX.XXXXX",
    "https://arxiv.org/abs/2301.xxxxx",
    "https://arxiv.org/abs/0000.00000",
    "arXiv XXXX.XXXXX",
    "arXiv:xxxx.xxxxx",
    "arXiv:YYMM.NNNNN",
    "arXiv:2301.XXXXX",
    "yES",
    "Original method",
    "TBD",
    "TBA",
    "TODO",
    "N/A",
    "n/a",
    "NA",
    "n.a.",
    "coming soon",
    "Coming soon...",
    "Coming soon!",
    "to appear \u2026",
    "-",
    "--",
    "\u2014",
    "\u2717",
    "...",
    "\u2026",
    "???",
    "link",
    "Link",
    "<link>",
    "[link]",
    "{{url}}",
    "LINK_HERE",
    "paper link",
    "Code",
    "xxx",
    "XXXX",
    "no code",
    "None",
    "arXiv",
    "doi",
    "DOI link",
    "2023 paper",
    "\u4ee3\u7801",
]

# What the five lists name, and what it is.
FACTS = [
    ("https://arxiv.org/abs/1406.2661", "arxiv:1406.2661"),
    ("https://arxiv.org/abs/1706.08500", "arxiv:1706.08500"),
    ("https://arxiv.org/abs/1711.11585", "arxiv:1711.11585"),
    ("https://arxiv.org/pdf/1801.03924.pdf", "arxiv:1801.03924"),
    ("https://arxiv.org/abs/1803.10417", "arxiv:1803.10417"),
    ("https://arxiv.org/abs/1807.10225", "arxiv:1807.10225"),
    ("https://arxiv.org/abs/2006.11239", "arxiv:2006.11239"),
    ("https://arxiv.org/pdf/2103.00006", "arxiv:2103.00006"),
    ("https://arxiv.org/abs/2112.03268", "arxiv:2112.03268"),
    ("https://arxiv.org/abs/2112.13592", "arxiv:2112.13592"),
    ("https://arxiv.org/abs/2202.00569", "arxiv:2202.00569"),
    ("https://arxiv.org/abs/2203.01941", "arxiv:2203.01941"),
    ("https://arxiv.org/abs/2204.13597", "arxiv:2204.13597"),
    ("https://arxiv.org/abs/2206.09479", "arxiv:2206.09479"),
    ("https://arxiv.org/abs/2207.12598", "arxiv:2207.12598"),
    ("https://arxiv.org/abs/2208.11702", "arxiv:2208.11702"),
    ("https://arxiv.org/abs/2209.03177", "arxiv:2209.03177"),
    ("https://arxiv.org/abs/2209.07162", "arxiv:2209.07162"),
    ("https://arxiv.org/abs/2211.08385", "arxiv:2211.08385"),
    ("http://arxiv.org/abs/2211.13352v1", "arxiv:2211.13352"),  # v1
    ("https://arxiv.org/abs/2212.07501", "arxiv:2212.07501"),
    ("https://arxiv.org/abs/2301.04802", "arxiv:2301.04802"),
    ("http://arxiv.org/abs/2301.06574v1", "arxiv:2301.06574"),  # v1
    ("https://arxiv.org/abs/2301.06604", "arxiv:2301.06604"),
    ("https://arxiv.org/pdf/2303.02475", "arxiv:2303.02475"),
    ("http://arxiv.org/abs/2303.04839v1", "arxiv:2303.04839"),  # v1
    ("https://arxiv.org/abs/2303.09395", "arxiv:2303.09395"),
    ("https://arxiv.org/abs/2305.07644", "arxiv:2305.07644"),
    ("https://arxiv.org/abs/2305.18453", "arxiv:2305.18453"),
    ("https://arxiv.org/abs/2306.01875", "arxiv:2306.01875"),
    ("http://arxiv.org/abs/2306.08256v1", "arxiv:2306.08256"),  # v1
    ("https://arxiv.org/abs/2307.01148", "arxiv:2307.01148"),
    ("https://arxiv.org/abs/2308.04020", "arxiv:2308.04020"),
    ("http://arxiv.org/abs/2308.12453v1", "arxiv:2308.12453"),  # v1
    ("https://arxiv.org/abs/2308.13142", "arxiv:2308.13142"),
    ("https://arxiv.org/abs/2308.13568", "arxiv:2308.13568"),
    ("https://arxiv.org/abs/2309.00810", "arxiv:2309.00810"),
    ("https://arxiv.org/abs/2310.03753", "arxiv:2310.03753"),
    ("https://arxiv.org/abs/2310.12868", "arxiv:2310.12868"),
    ("https://arxiv.org/abs/2310.18689", "arxiv:2310.18689"),
    ("https://doi.org/10.1002/ima.22880", "doi:10.1002/ima.22880"),
    ("https://doi.org/10.1007/978-3-030-91390-8_12", "doi:10.1007/978-3-030-91390-8_12"),
    ("https://doi.org/10.1007/978-3-031-09342-5_13", "doi:10.1007/978-3-031-09342-5_13"),
    ("https://doi.org/10.1007/978-3-031-16452-1_42", "doi:10.1007/978-3-031-16452-1_42"),
    ("https://doi.org/10.1007/s11265-022-01757-4", "doi:10.1007/s11265-022-01757-4"),
    ("https://doi.org/10.1007/s13755-023-00241-y", "doi:10.1007/s13755-023-00241-y"),
    ("https://doi.org/10.1016/j.artmed.2023.102556", "doi:10.1016/j.artmed.2023.102556"),
    ("https://doi.org/10.1016/j.bspc.2023.104587", "doi:10.1016/j.bspc.2023.104587"),
    ("https://doi.org/10.1016/j.compbiomed.2023.107115", "doi:10.1016/j.compbiomed.2023.107115"),
    ("https://doi.org/10.1016/j.patter.2024.101047", "doi:10.1016/j.patter.2024.101047"),
    ("https://doi.org/10.1038/s41598-021-01295-2", "doi:10.1038/s41598-021-01295-2"),
    ("https://www.nature.com/articles/s41598-022-05539-7", "doi:10.1038/s41598-022-05539-7"),
    ("https://www.nature.com/articles/s41598-023-34341-2", "doi:10.1038/s41598-023-34341-2"),
    ("https://www.nature.com/articles/s41746-021-00507-3", "doi:10.1038/s41746-021-00507-3"),
    ("https://doi.org/10.1109/ACCESS.2021.3049600", "doi:10.1109/access.2021.3049600"),
    ("https://doi.org/10.1109/ISBI52829.2022.9761431", "doi:10.1109/isbi52829.2022.9761431"),
    ("https://doi.org/10.1109/JBHI.2022.3223777", "doi:10.1109/jbhi.2022.3223777"),
    ("https://doi.org/10.1109/LRA.2021.3056355", "doi:10.1109/lra.2021.3056355"),
    ("https://doi.org/10.1109/TENCON54134.2021.9707291", "doi:10.1109/tencon54134.2021.9707291"),
    ("https://doi.org/10.1145/3477314.3507300", "doi:10.1145/3477314.3507300"),
    ("https://doi.org/10.1145/3583593", "doi:10.1145/3583593"),
    ("https://doi.org/10.1145/3626193", "doi:10.1145/3626193"),
    ("https://doi.org/10.1155/2022/7028517", "doi:10.1155/2022/7028517"),
    (
        "https://doi.org/10.23919/EUSIPCO54536.2021.9616079",
        "doi:10.23919/eusipco54536.2021.9616079",
    ),
    (
        "https://www.frontiersin.org/journals/neurology/articles/10.3389/fneur.2022.755094/full",
        "doi:10.3389/fneur.2022.755094",
    ),
    ("https://doi.org/10.3390/bioengineering10111258", "doi:10.3390/bioengineering10111258"),
    ("https://www.mdpi.com/2313-433X/9/3/69", "doi:10.3390/jimaging9030069"),
    ("https://doi.org/10.3390/s23198328", "doi:10.3390/s23198328"),
    ("https://github.com/AI4HealthUOL/SSSD-ECG", "github:AI4HealthUOL/SSSD-ECG"),
    (
        "https://github.com/AgaMiko/debiasing-effect-of-gans.",
        "github:AgaMiko/debiasing-effect-of-gans",
    ),
    ("https://github.com/AmigoLab/SynthAnatomy", "github:AmigoLab/SynthAnatomy"),
    ("https://github.com/DebadityaQU/RDDM", "github:DebadityaQU/RDDM"),
    ("https://github.com/FirasGit/medicaldiffusion", "github:FirasGit/medicaldiffusion"),
    (
        "https://github.com/SENSE-Lab-OSU/cardiac_gen_model",
        "github:SENSE-Lab-OSU/cardiac_gen_model",
    ),
    ("https://github.com/TClife/text_to_ecg", "github:TClife/text_to_ecg"),
    ("https://github.com/aidotse/stylegan2-ada-pytorch", "github:aidotse/stylegan2-ada-pytorch"),
    ("https://github.com/batmanlab/HA-GAN/tree/master", "github:batmanlab/HA-GAN"),
    (
        "https://github.com/bruAristimunha/Synthetic-Sleep-EEG-Signal-Generation-using-Latent-Diffusion-Models",
        "github:bruAristimunha/Synthetic-Sleep-EEG-Signal-Generation-using-Latent-Diffusion-Models",
    ),
    ("https://github.com/hongmingli1995/CR-VAE", "github:hongmingli1995/CR-VAE"),
    ("https://github.com/imics-lab/tts-gan", "github:imics-lab/tts-gan"),
    (
        "https://github.com/jordan-bird/Generational-Loop-GPT2",
        "github:jordan-bird/Generational-Loop-GPT2",
    ),
    (
        "https://github.com/mah533/Augmentation-of-ECG-Training-Dataset-with-CGAN",
        "github:mah533/Augmentation-of-ECG-Training-Dataset-with-CGAN",
    ),
    (
        "https://github.com/mah533/Synthetic-ECG-Generation---GAN-Models-Comparison",
        "github:mah533/Synthetic-ECG-Generation---GAN-Models-Comparison",
    ),
    (
        "https://github.com/mah533/Synthetic-ECG-Signal-Generation-using-Probabilistic-Diffusion-Models",
        "github:mah533/Synthetic-ECG-Signal-Generation-using-Probabilistic-Diffusion-Models",
    ),
    ("https://github.com/maxbagga/ScarletEagle1", "github:maxbagga/ScarletEagle1"),
    (
        "https://github.com/thinkercache/stylegan2-ada-pytorch",
        "github:thinkercache/stylegan2-ada-pytorch",
    ),
    ("https://github.com/vlbthambawita/deepfake-ecg", "github:vlbthambawita/deepfake-ecg"),
    ("https://ieeexplore.ieee.org/document/1284395", "ieee:1284395"),
    ("https://ieeexplore.ieee.org/abstract/document/8363653", "ieee:8363653"),
    ("https://ieeexplore.ieee.org/abstract/document/9770375", "ieee:9770375"),
    ("https://www.jmlr.org/papers/volume13/gretton12a/gretton12a.pdf", "jmlr:v13/gretton12a"),
    ("https://openreview.net/forum?id=mDwURmlapW", "openreview:mDwURmlapW"),
    (
        "https://www.sciencedirect.com/science/article/abs/pii/S0022073621001850",
        "pii:S0022073621001850",
    ),
    (
        "https://www.sciencedirect.com/science/article/abs/pii/S0899707122002856",
        "pii:S0899707122002856",
    ),
    (
        "https://www.sciencedirect.com/science/article/abs/pii/S1361841523001068",
        "pii:S1361841523001068",
    ),
    (
        "https://blog.paperspace.com/review-metrics-image-synthesis-models/",
        "url:https://blog.paperspace.com/review-metrics-image-synthesis-models/",
    ),
    (
        "https://en.wikipedia.org/wiki/Peak_signal-to-noise_ratio",
        "url:https://en.wikipedia.org/wiki/Peak_signal-to-noise_ratio",
    ),
    ("http://arxiv.org/abs/2304.03941v1", "arxiv:2304.03941"),
    ("https://doi.org/10.1007/978-3-030-87583-1_18", "doi:10.1007/978-3-030-87583-1_18"),
    ("https://doi.org/10.1007/978-3-031-43999-5_43", "doi:10.1007/978-3-031-43999-5_43"),
    ("https://doi.org/10.1007/978-3-031-44521-7_4", "doi:10.1007/978-3-031-44521-7_4"),
    ("https://doi.org/10.1016/j.bspc.2023.105196", "doi:10.1016/j.bspc.2023.105196"),
    ("https://doi.org/10.1016/j.bspc.2023.105456", "doi:10.1016/j.bspc.2023.105456"),
    ("https://doi.org/10.1016/j.cmpb.2021.106018", "doi:10.1016/j.cmpb.2021.106018"),
    ("https://doi.org/10.1016/j.cmpb.2021.106019", "doi:10.1016/j.cmpb.2021.106019"),
    ("https://doi.org/10.1016/j.cmpb.2023.107642", "doi:10.1016/j.cmpb.2023.107642"),
    ("https://doi.org/10.1016/j.compbiomed.2022.105444", "doi:10.1016/j.compbiomed.2022.105444"),
    ("https://doi.org/10.1016/j.media.2022.102461", "doi:10.1016/j.media.2022.102461"),
    ("https://doi.org/10.1016/j.ultras.2022.106706", "doi:10.1016/j.ultras.2022.106706"),
    ("https://doi.org/10.1038/s41467-023-36102-1", "doi:10.1038/s41467-023-36102-1"),
    ("https://doi.org/10.1038/s41598-022-09929-9", "doi:10.1038/s41598-022-09929-9"),
    ("https://doi.org/10.1109/ACCESS.2022.3207177", "doi:10.1109/access.2022.3207177"),
    ("https://doi.org/10.1109/ICET58434.2023.10211926", "doi:10.1109/icet58434.2023.10211926"),
    ("https://doi.org/10.1109/IMPACT55510.2022.10029087", "doi:10.1109/impact55510.2022.10029087"),
    ("https://doi.org/10.1109/IUS52206.2021.9593403", "doi:10.1109/ius52206.2021.9593403"),
    ("https://doi.org/10.1109/IUS54386.2022.9957451", "doi:10.1109/ius54386.2022.9957451"),
    ("https://doi.org/10.1109/JBHI.2022.3143319", "doi:10.1109/jbhi.2022.3143319"),
    ("https://doi.org/10.1109/TMI.2021.3108949", "doi:10.1109/tmi.2021.3108949"),
    ("https://doi.org/10.1117/12.2625781", "doi:10.1117/12.2625781"),
    ("https://doi.org/10.1515/cdbme-2022-0005", "doi:10.1515/cdbme-2022-0005"),
    (
        "https://www.frontiersin.org/journals/neurology/articles/10.3389/fneur.2022.755094/full",
        "doi:10.3389/fneur.2022.755094",
    ),
    ("https://doi.org/10.3389/fonc.2022.1044496", "doi:10.3389/fonc.2022.1044496"),
    ("https://doi.org/10.3389/fonc.2022.868257", "doi:10.3389/fonc.2022.868257"),
    ("https://doi.org/10.3390/app122312206", "doi:10.3390/app122312206"),
    ("https://doi.org/10.3390/diagnostics12020253", "doi:10.3390/diagnostics12020253"),
    ("https://doi.org/10.3390/s21237975", "doi:10.3390/s21237975"),
    ("https://doi.org/10.3390/s24072076", "doi:10.3390/s24072076"),
    ("https://github.com/Carmenliang/UI_synthesis", "github:Carmenliang/UI_synthesis"),
    (
        "https://github.com/Likalto4/diffusion-models_master/tree/main",
        "github:Likalto4/diffusion-models_master",
    ),
    ("https://github.com/Natsu6767/DCGAN-PyTorch", "github:Natsu6767/DCGAN-PyTorch"),
    ("https://github.com/ReubenDo/MHVAE", "github:ReubenDo/MHVAE"),
    ("https://github.com/RichardObi/medigan", "github:RichardObi/medigan"),
    ("https://github.com/albertoMontero/stylegan2-ada", "github:albertoMontero/stylegan2-ada"),
    ("https://github.com/bluer555/CR-GAN", "github:bluer555/CR-GAN"),
    (
        "https://github.com/bruAristimunha/Synthetic-Sleep-EEG-Signal-Generation-using-Latent-Diffusion-Models",
        "github:bruAristimunha/Synthetic-Sleep-EEG-Signal-Generation-using-Latent-Diffusion-Models",
    ),
    ("https://github.com/budai4medtech/midl2023", "github:budai4medtech/midl2023"),
    ("https://github.com/clovaai/stargan-v2", "github:clovaai/stargan-v2"),
    (
        "https://github.com/david-stojanovski/echo_from_noise",
        "github:david-stojanovski/echo_from_noise",
    ),
    ("https://github.com/jalbayd1/myopathy_US", "github:jalbayd1/myopathy_US"),
    (
        "https://github.com/mah533/Augmentation-of-ECG-Training-Dataset-with-CGAN",
        "github:mah533/Augmentation-of-ECG-Training-Dataset-with-CGAN",
    ),
    (
        "https://github.com/mah533/Synthetic-ECG-Generation---GAN-Models-Comparison",
        "github:mah533/Synthetic-ECG-Generation---GAN-Models-Comparison",
    ),
    (
        "https://github.com/mah533/Synthetic-ECG-Signal-Generation-using-Probabilistic-Diffusion-Models",
        "github:mah533/Synthetic-ECG-Signal-Generation-using-Probabilistic-Diffusion-Models",
    ),
    ("https://github.com/yyyzzzhao/VEUS", "github:yyyzzzhao/VEUS"),
]

CASES = [
    *((raw, "identifier", f"doi:{value}", None) for raw, value in DOIS),
    *((raw, "identifier", f"arxiv:{value}", version) for raw, value, version in ARXIVS),
    *((raw, "identifier", f"github:{value}", None) for raw, value in GITHUBS),
    *((raw, "identifier", value, None) for raw, value in PUBLISHERS),
    *((raw, "link", f"url:{value or raw}", None) for raw, value in LINKS),
    *((raw, "link", None, None) for raw in (*OTHERS, *NO_ARXIVS)),
    *((raw, "placeholder", None, None) for raw in PLACEHOLDERS),
]


@pytest.mark.parametrize(("raw", "kind", "identifier", "version"), CASES)
def test_identify(raw: str, kind: str, identifier: str | None, version: str | None):
    found = identify(raw)
    assert (found.kind, found.identifier and str(found.identifier), found.version) == (
        kind,
        identifier,
        version,
    )


def test_the_address_of_each_row_means_the_same():
    for raw, kind, *_ in CASES:
        if (identifier := identify(raw).identifier) is not None:
            assert identify(url(identifier)) == Target(kind, identifier)  # type: ignore[arg-type]  # a Literal


def test_each_rule_reads_a_spelling_of_the_table():
    read = [raw.partition("://")[2] for raw, kind, *_ in CASES if kind != "link"]
    pages = [page for raw in read if (page := addresses.split(raw))]
    unread = [
        (host, pattern.pattern)
        for host, rules in addresses.RULES.items()
        for pattern, _, _ in rules
        if not any(
            rule[0] is pattern and pattern.match(page.path + page.query)
            for page in pages
            for rule in page.rules
        )
    ]
    assert unread == []


def test_the_table_has_each_spelling_once():
    assert len({raw for raw, *_ in CASES}) == len(CASES)


# --- what holds for any text -----------------------------------------------------------------------------------------

WORD = ascii_letters.lower() + digits
SUFFIX = WORD + "#?<>;()%&+:._-/[]=@!'\"\\^`{|}~ é"
MONTHS = st.integers(1, 12)


def _balanced(text: str) -> bool:
    return all(text.count(a) == text.count(b) for a, b in ("()", "[]", "<>", "{}"))


dois = st.builds(
    lambda prefix, head, middle, tail: Identifier(
        "doi", f"10.{prefix}/{head}{middle.replace(' ', '')}{tail}"
    ),
    st.integers(1000, 99999),
    st.sampled_from(digits),  # so that no suffix is the x of a placeholder
    st.text(SUFFIX, max_size=20).filter(_balanced),
    st.sampled_from(digits),
)
arxivs = st.builds(
    lambda year, month, number: Identifier(
        "arxiv",
        f"{year:02}{month:02}.{number:05}"
        if year > 14
        else f"{year:02}{month:02}.{number % 9999 + 1:04}",
    ),
    st.integers(8, 99),
    MONTHS,
    st.integers(1, 99999),
) | st.builds(
    lambda archive, year, month, number: Identifier(
        "arxiv", f"{archive}/{year:02}{month:02}{number:03}"
    ),
    st.sampled_from(["hep-th", "math", "cs", "astro-ph", "q-bio", "math-ph"]),
    st.integers(92, 99) | st.integers(0, 6),
    MONTHS,
    st.integers(1, 999),
)
githubs = st.builds(
    lambda owner, name: Identifier("github", f"q{owner}/{name}q"),
    st.text(ascii_letters + digits + "-", max_size=38),
    st.text(ascii_letters + digits + "-_.", max_size=99),
)
NUMBERS = st.integers(1, 10**9 - 1).map(str)
canonical = (
    dois
    | arxivs
    | githubs
    | st.from_regex(r"S[0-9]{15}[0-9X]", fullmatch=True).map(lambda value: Identifier("pii", value))
    | NUMBERS.map(lambda value: Identifier("ieee", value))
    | NUMBERS.map(lambda value: Identifier("pubmed", value))
    | NUMBERS.map(lambda value: Identifier("pmc", f"PMC{value}"))
    | st.from_regex(r"[A-Za-z0-9_-]{8,12}", fullmatch=True).map(
        lambda value: Identifier("openreview", value)
    )
    | st.from_regex(r"v[1-9][0-9]{0,2}/[a-z]{3,9}[0-9]{2}[a-d]", fullmatch=True).flatmap(
        lambda value: st.sampled_from([Identifier("jmlr", value), Identifier("pmlr", value)])
    )
    | st.from_regex(
        r"[A-Z][0-9]{2}-[0-9]{4}|20[0-9]{2}\.[a-z]{3,9}-[a-z]{3,9}\.[1-9][0-9]{0,3}", fullmatch=True
    ).map(lambda value: Identifier("acl", value))
    | st.from_regex(r"[0-9a-f]{20}|[0-9a-f]{32}", fullmatch=True).map(
        lambda value: Identifier("gist", value)
    )
    | st.from_regex(
        r"https?://[a-z]{3,9}\.(?:org|de)(?::8[0-9]{3})?(?:/[A-Za-z0-9.%~-]{0,9}){0,3}",
        fullmatch=True,
    ).map(lambda value: Identifier("url", value))
)
PIECES = """
    https:// http:// doi.org/ doi: 10.1000/ arXiv: arxiv.org/abs/ 2301.00001 v2 github.com/ git@ : / ?url= ?id= %3A % #
    ( ) [ ] < > ezproxy. pii/ www.mdpi.com/ 2313-433X/ 9/ PMC x . \\ @ utm_a=1& \ud800 \x00 \u0660
"""
pieces = st.sampled_from(PIECES.split()) | st.just(" ")


@given(st.text())
@example("\ud800")
@example("https://doi.org/10.1000/\udfff")
@example("https://www.mdpi.com/2313-433X/\u0669/\u0663/\u0666\u0669")
@example("https://[::1")
@example("http://" * 50)
def test_any_text_means_something(text: str):
    assert identify(text).kind in {"identifier", "placeholder", "link"}


@given(st.lists(pieces, max_size=12).map("".join))
def test_any_torn_address_means_something(text: str):
    found = identify(text)
    if found.kind == "identifier":
        assert found.identifier is not None
        assert identify(url(found.identifier)).identifier == found.identifier
    else:
        assert found.kind == "link" or found.identifier is None


@given(canonical)
def test_a_canonical_address_means_its_identifier(identifier: Identifier):
    kind = "link" if identifier.scheme == "url" else "identifier"
    assert identify(url(identifier)) == Target(kind, identifier)


@given(
    canonical.filter(lambda identifier: "%" not in identifier.value and "&" not in identifier.value)
)
def test_a_canonical_text_means_its_identifier(identifier: Identifier):
    assert identify(str(identifier)).identifier == identifier


@given(dois)
def test_percent_encoding_is_decoded_exactly_once(doi: Identifier):
    for safe in ("", "/", "/:;()", "/:;()<>[]{}"):
        assert identify(f"https://doi.org/{quote(doi.value, safe=safe)}").identifier == doi
    assert identify(f"doi:{quote(doi.value, safe='')}").identifier == doi


@given(dois | arxivs, st.data())
def test_letter_case_is_no_difference(identifier: Identifier, data: st.DataObject):
    address = url(identifier)
    mixed = "".join(
        data.draw(st.sampled_from([char.lower(), char.upper()])) for char in address if char != "é"
    )
    assert identify(mixed).identifier == identify(mixed.lower()).identifier


@given(githubs)
def test_github_keeps_its_letter_case(identifier: Identifier):
    assert str(identify(f"HTTPS://GITHUB.com/{identifier.value}").identifier) == str(identifier)


@given(dois | arxivs | githubs, st.text(".,;:!?'\"*)]}> \u201d\u3002", max_size=5))
def test_what_a_sentence_leaves_behind_is_no_part_of_it(identifier: Identifier, rest: str):
    assert identify(url(identifier) + rest).identifier == identifier or "?" in rest
    assert (
        identify(str(identifier).replace("%", "%25").replace("&", "%26") + rest).identifier
        == identifier
    )


@given(canonical, st.sampled_from(["", " ", "\n", "\u00a0", "\u200b"]))
def test_blanks_are_no_part_of_it(identifier: Identifier, blank: str):
    assert identify(blank + url(identifier) + blank).identifier == identifier


def test_an_unknown_scheme_has_no_address():
    with pytest.raises(ValueError, match="isbn:1"):
        url(Identifier("isbn", "1"))


@pytest.mark.parametrize(
    ("identifier", "address"),
    [
        ("doi:10.1002/ima.22880", "https://doi.org/10.1002/ima.22880"),
        (f"doi:{SICI}", "https://doi.org/" + SICI.replace("<", "%3C").replace(">", "%3E")),
        (
            f"doi:{SICI_HASH}",
            "https://doi.org/"
            + SICI_HASH.replace("<", "%3C").replace(">", "%3E").replace("#", "%23"),
        ),
        ("doi:10.1000/a?b%c&d", "https://doi.org/10.1000/a%3Fb%25c%26d"),
        ("doi:10.1000/é[x]", "https://doi.org/10.1000/%C3%A9%5Bx%5D"),
        ("arxiv:math/0309136", "https://arxiv.org/abs/math/0309136"),
        ("github:batmanlab/HA-GAN", "https://github.com/batmanlab/HA-GAN"),
        (
            "pii:S0899707122002856",
            "https://www.sciencedirect.com/science/article/pii/S0899707122002856",
        ),
        ("ieee:9770375", "https://ieeexplore.ieee.org/document/9770375"),
        ("openreview:mDwURmlapW", "https://openreview.net/forum?id=mDwURmlapW"),
        ("pubmed:31234567", "https://pubmed.ncbi.nlm.nih.gov/31234567/"),
        ("pmc:PMC1234567", "https://pmc.ncbi.nlm.nih.gov/articles/PMC1234567/"),
        ("jmlr:v13/gretton12a", "https://www.jmlr.org/papers/v13/gretton12a.html"),
        ("pmlr:v139/radford21a", "https://proceedings.mlr.press/v139/radford21a.html"),
        ("acl:2020.acl-main.747", "https://aclanthology.org/2020.acl-main.747/"),
        ("gist:d4dee566867f8291f086", "https://gist.github.com/d4dee566867f8291f086"),
        ("url:https://a.org/x?y=%20", "https://a.org/x?y=%20"),
    ],
)
def test_url(identifier: str, address: str):
    assert url(Identifier.of(identifier)) == address


# --- the five lists --------------------------------------------------------------------------------------------------

TRUTH = Path(__file__).parents[3] / "shared" / "truth" / "seed_truth.json"
OTHERWISE = {  # the truth keeps this page as a link, we know its scheme
    "url:https://www.jmlr.org/papers/volume13/gretton12a/gretton12a.pdf": "jmlr:v13/gretton12a"
}


@pytest.mark.parametrize(("address", "identifier"), FACTS)
def test_what_the_lists_name(address: str, identifier: str):
    assert str(identify(address).identifier) == identifier


@pytest.fixture(scope="module")
def truth() -> dict[str, Any]:
    if not TRUTH.is_file():
        pytest.skip("the truth about the seeds is not beside this checkout")
    return dict(json.loads(TRUTH.read_text(encoding="utf-8")))


def _links(truth: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        link
        for file in truth["files"].values()
        for entry in file["entries"]
        for link in entry["links"]
    ]


def test_each_link_of_the_truth_means_its_identifier(truth: dict[str, Any]):
    known = [link for link in _links(truth) if link["kind"] in {"doi", "arxiv", "github"}]
    assert len(known) > 80
    for link in known:
        value = link["id"].lower() if link["kind"] == "doi" else link["id"]
        assert identify(link["url"]) == Target(
            "identifier", Identifier(link["kind"], value), link.get("version")
        )


def test_each_work_of_the_truth_is_named_by_one_of_its_links(truth: dict[str, Any]):
    for file in truth["files"].values():
        for entry in file["entries"]:
            named = {str(identify(link["url"]).identifier) for link in entry["links"]}
            assert OTHERWISE.get(entry["work"], entry["work"]) in named


def test_each_placeholder_of_the_truth_is_one(truth: dict[str, Any]):
    targets = [
        address
        for file in truth["files"].values()
        for row in file["placeholders"]
        for address in row["urls"]
    ]
    targets += [link["url"] for link in _links(truth) if link["kind"] == "invalid"]
    assert len(targets) > 20
    assert {identify(target) for target in targets} == {Target("placeholder")}


def test_no_other_link_of_the_truth_is_a_placeholder(truth: dict[str, Any]):
    others = [
        row["url"]
        for file in truth["files"].values()
        for row in file["other_links"]
        if "url" in row
    ]
    assert {identify(address).kind for address in others if "yourusername" not in address} <= {
        "link",
        "identifier",
    }


# --- running text ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "raws"),
    [
        ("", []),
        ("No identifier in here, at 10.30 in the archive: nothing.", []),
        ("https://a.org/x", ["https://a.org/x"]),
        ("See https://a.org/x.", ["https://a.org/x"]),
        ("See HTTP://a.org/x, and https://b.org/y; done", ["HTTP://a.org/x", "https://b.org/y"]),
        ("(see https://a.org/x)", ["https://a.org/x"]),
        ("(see https://en.wikipedia.org/wiki/A_(b))", ["https://en.wikipedia.org/wiki/A_(b)"]),
        ("[https://a.org/x]", ["https://a.org/x"]),
        ("<https://a.org/x>", ["https://a.org/x"]),
        ('"https://a.org/x".', ["https://a.org/x"]),
        ("**https://a.org/x**", ["https://a.org/x"]),
        ("_https://a.org/x_", ["https://a.org/x"]),
        ("`https://a.org/x`", ["https://a.org/x"]),
        ("| https://a.org/x|", ["https://a.org/x"]),
        ("https://a.org/x?!", ["https://a.org/x"]),
        ("https://a.org/?q=a&b=c#d!", ["https://a.org/?q=a&b=c#d"]),
        ("https://a.org/x/", ["https://a.org/x/"]),
        ("https://[2001:db8::1]/x", ["https://[2001:db8::1]/x"]),
        (r"\url{https://a.org/x}.", ["https://a.org/x"]),
        (r"\href{https://a.org/x}{here}", ["https://a.org/x"]),
        ("[https://a.org/x](https://a.org/y)", ["https://a.org/x", "https://a.org/y"]),
        ("见https://a.org/x。", []),
        ("见 https://a.org/x。", ["https://a.org/x"]),
        ("(https://a.org/x)）", ["https://a.org/x"]),
        ("https://", []),
        ("https://...", []),
        ("xhttps://a.org", []),
        ("ftp://a.org/x", []),
        ("doi:10.1000/a.", ["doi:10.1000/a"]),
        ("DOI:10.1000/A", ["DOI:10.1000/A"]),
        ("DOI: 10.1000/a)", ["DOI: 10.1000/a"]),
        ("DOI 10.1000/a(b), next", ["DOI 10.1000/a(b)"]),
        ("doi = 10.1000/a", ["doi = 10.1000/a"]),
        ("doi=10.1000/a", ["doi=10.1000/a"]),
        ("DOI:\n10.1000/a", ["DOI:\n10.1000/a"]),
        ("mydoi:10.1000/a", []),
        ("doi:10.1000/", []),
        ("doi:10.10/a", []),
        ("10.1000/a", []),
        (f"In doi:{SICI}, too", [f"doi:{SICI}"]),
        (f"In https://doi.org/{SICI}.", [f"https://doi.org/{SICI}"]),
        ("doi:10.1000/a<br>", ["doi:10.1000/a"]),
        (
            "doi:10.1890/0012-9658(2006)87[2614:x]2.0.co;2]",
            ["doi:10.1890/0012-9658(2006)87[2614:x]2.0.co;2"],
        ),
        ("arXiv:2301.00001v2, 2023", ["arXiv:2301.00001v2"]),
        ("arXiv 2301.00001.", ["arXiv 2301.00001"]),
        ("ArXiv: 2301.00001", ["ArXiv: 2301.00001"]),
        ("arxiv:math.GT/0309136v1", ["arxiv:math.GT/0309136v1"]),
        ("ARXIV:2301.00001V1", ["ARXIV:2301.00001V1"]),
        ("arXiv preprint arXiv:2301.00001 (2023)", ["arXiv:2301.00001"]),
        ("arXiv:2301.00001,arXiv:2301.00002", ["arXiv:2301.00001", "arXiv:2301.00002"]),
        ("arXiv:2301.000012", []),
        ("arXiv:2313.00001", []),
        ("arXiv:2301.00001.5", []),
        ("xarXiv:2301.00001", []),
        ("arXiv:XXXX.XXXXX", []),
        (
            "https://a.org/x (arXiv:2301.00001, doi:10.1000/a)",
            ["https://a.org/x", "arXiv:2301.00001", "doi:10.1000/a"],
        ),
    ],
)
def test_find(text: str, raws: list[str]):
    hits = find(text)
    assert [raw for _, _, raw in hits] == raws
    assert [text[start:end] for start, end, _ in hits] == raws


@given(st.lists(pieces | st.text(max_size=5), max_size=30).map("".join))
def test_hits_lie_in_the_text_in_order(text: str):
    last = 0
    for start, end, raw in find(text):
        assert last <= start < end
        assert text[start:end] == raw
        last = end


@given(
    st.text("ab (,.;", max_size=9),
    dois | arxivs | githubs,
    st.sampled_from([".", ",", ")", ").", "; ", " and", '"', ""]),
)
def test_find_gives_what_identify_understands(before: str, identifier: Identifier, after: str):
    [(_, _, raw)] = find(f"{before} {url(identifier)}{after}")
    assert identify(raw).identifier == identifier
