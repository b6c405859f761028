"""Every link of the five default lists."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from harvest.identifiers import identify
from harvest.models import Identifier, Target

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


@pytest.mark.parametrize(("address", "identifier"), FACTS)
def test_links_of_the_lists(address: str, identifier: str):
    assert str(identify(address).identifier) == identifier


TRUTH = Path(__file__).parents[3] / "shared" / "truth" / "seed_truth.json"


OTHERWISE = {  # the truth keeps this page as a link, we know its scheme
    "url:https://www.jmlr.org/papers/volume13/gretton12a/gretton12a.pdf": "jmlr:v13/gretton12a"
}


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


def test_identifiers_of_the_truth(truth: dict[str, Any]):
    known = [link for link in _links(truth) if link["kind"] in {"doi", "arxiv", "github"}]
    assert len(known) > 80
    for link in known:
        value = link["id"].lower() if link["kind"] == "doi" else link["id"]
        assert identify(link["url"]) == Target(
            "identifier", Identifier(link["kind"], value), link.get("version")
        )


def test_works_of_the_truth(truth: dict[str, Any]):
    for file in truth["files"].values():
        for entry in file["entries"]:
            named = {str(identify(link["url"]).identifier) for link in entry["links"]}
            assert OTHERWISE.get(entry["work"], entry["work"]) in named


def test_placeholders_of_the_truth(truth: dict[str, Any]):
    targets = [
        address
        for file in truth["files"].values()
        for row in file["placeholders"]
        for address in row["urls"]
    ]
    targets += [link["url"] for link in _links(truth) if link["kind"] == "invalid"]
    assert len(targets) > 20
    assert {identify(target) for target in targets} == {Target("placeholder")}


def test_other_links_of_the_truth(truth: dict[str, Any]):
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
