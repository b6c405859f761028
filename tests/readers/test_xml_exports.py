"""XML of registries and of Zotero, and feeds."""

from __future__ import annotations

import pytest

from harvest.readers import read
from harvest.readers.xml_exports import XmlExport
from tests.support.growth import ends

PUBMED = """<?xml version="1.0"?>
<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD PubMedArticle//EN" "https://dtd.example/pubmed.dtd">
<PubmedArticleSet>
<PubmedArticle>
 <MedlineCitation><PMID Version="1">123</PMID><Article>
  <Journal><JournalIssue><PubDate><Year>2021</Year><Month>Nov</Month></PubDate></JournalIssue></Journal>
  <ArticleTitle><i>Things</i> in a study</ArticleTitle>
  <ELocationID EIdType="doi" ValidYN="Y">10.1000/a</ELocationID><ELocationID EIdType="pii">1</ELocationID>
  <Abstract><AbstractText>As in doi:10.1000/z.</AbstractText></Abstract>
  <AuthorList><Author><LastName>Doe</LastName><ForeName>Jane</ForeName></Author>
   <Author><CollectiveName>The Group</CollectiveName></Author></AuthorList>
 </Article></MedlineCitation>
 <PubmedData><ArticleIdList><ArticleId IdType="pmc">PMC7</ArticleId></ArticleIdList>
  <ReferenceList><Reference><ArticleIdList><ArticleId IdType="doi">10.1000/b</ArticleId></ArticleIdList></Reference></ReferenceList>
 </PubmedData>
</PubmedArticle>
</PubmedArticleSet>
"""
ATOM = """<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns="http://www.w3.org/2005/Atom"><title>A search</title>
<entry><id>http://arxiv.org/abs/2301.00001v2</id><published>2023-01-01T18:00:00Z</published>
<title>A study
  of things</title><summary>Like arXiv:2301.00009.</summary>
<author><name>Jane Doe</name></author><author><name>Rob Roe</name></author>
<link href="http://arxiv.org/pdf/2301.00001v2" rel="related" title="pdf"/>
<arxiv:doi xmlns:arxiv="http://arxiv.org/schemas/atom">10.1000/a</arxiv:doi></entry>
</feed>
"""
RSS = """<rss xmlns:dc="http://purl.org/dc/elements/1.1/" version="2.0"><channel><title>A journal</title>
<item><title>A study of things</title><link>https://journal.example/doi/10.1000/a?af=R</link>
<dc:creator>Jane Doe,
Rob Roe</dc:creator><pubDate>Fri, 05 Nov 2021 06:00:00 -0400</pubDate></item>
</channel></rss>
"""
DBLP = """<?xml version="1.0" encoding="ISO-8859-1"?>
<!DOCTYPE dblp SYSTEM "dblp.dtd">
<dblp>
<article key="a"><author>J&ouml;rg Doe 0001</author><author>Rob Roe</author><title>A study of things.</title>
<year>2021</year><ee>https://doi.org/10.1000/a</ee><url>db/a.html</url></article>
</dblp>
"""
OAI = """<?xml version="1.0" encoding="UTF-8"?>
<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><ListRecords>
<record><header><identifier>oai:arXiv.org:2301.00001</identifier></header>
<metadata><arXiv><id>2301.00001</id><created>2023-01-01</created><authors><author><keyname>Doe</keyname>
<forenames>Jane</forenames></author></authors><title>A study of
  things</title><doi>10.1000/a</doi><abstract>None.</abstract></arXiv></metadata></record>
</ListRecords></OAI-PMH>
"""
DUBLIN_CORE = """<OAI-PMH><ListRecords><record><metadata><oai_dc:dc>
<dc:title>A study of things</dc:title><dc:creator>Doe, Jane</dc:creator><dc:creator>Roe, Rob</dc:creator>
<dc:date>2023-01-01</dc:date><dc:identifier>https://doi.org/10.1000/a</dc:identifier>
</oai_dc:dc></metadata></record></ListRecords></OAI-PMH>
"""
ZOTERO = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
 xmlns:z="http://www.zotero.org/namespaces/export#">
 <bib:Article rdf:about="https://journal.example/a"><z:itemType>journalArticle</z:itemType>
  <dcterms:isPartOf rdf:resource="urn:issn:1"/>
  <bib:authors><rdf:Seq><rdf:li><foaf:Person><foaf:surname>Doe</foaf:surname>
   <foaf:givenName>Jane</foaf:givenName></foaf:Person></rdf:li></rdf:Seq></bib:authors>
  <dc:title>A study of things</dc:title><dc:date>May 2021</dc:date>
 </bib:Article>
 <bib:Journal rdf:about="urn:issn:1"><dc:title>A journal</dc:title>
  <dc:identifier>DOI 10.1000/a</dc:identifier></bib:Journal>
 <z:Attachment rdf:about="#1"><z:itemType>attachment</z:itemType><dc:title>Full text</dc:title>
  <dc:identifier><dcterms:URI><rdf:value>https://x.org/a.pdf</rdf:value></dcterms:URI></dc:identifier>
 </z:Attachment>
</rdf:RDF>
"""
RSS_1 = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">
<channel rdf:about="https://journal.example/feed"><title>A journal</title><link>https://journal.example</link></channel>
<item rdf:about="https://journal.example/a"><title>A study of things</title>
<dc:identifier>doi:10.1000/a</dc:identifier>
<dc:creator>Jane Doe</dc:creator><dc:creator>Rob Roe</dc:creator><dc:date>2021-11-05</dc:date></item>
</rdf:RDF>
"""
HITS = """<?xml version="1.0" encoding="UTF-8"?>
<result><query id="1">things*</query><status code="200">OK</status><hits total="1"><hit score="2" id="3">
<info><authors><author pid="1">Jane Doe 0001</author><author pid="2">Rob Roe</author></authors>
<title>A study of things.</title><year>2021</year><doi>10.1000/a</doi>
<ee>https://doi.org/10.1000/a</ee><url>https://dblp.org/rec/a</url></info></hit></hits></result>
"""
BOOK = """<PubmedArticleSet><PubmedBookArticle><BookDocument><PMID>123</PMID>
<ArticleIdList><ArticleId IdType="bookaccession">NBK1</ArticleId></ArticleIdList>
<Book><BookTitle>Things</BookTitle><PubDate><Year>1993</Year></PubDate>
<AuthorList><Author><LastName>Poe</LastName></Author></AuthorList></Book>
<ArticleTitle>A study of things</ArticleTitle>
<AuthorList><Author><LastName>Doe</LastName><ForeName>Jane</ForeName></Author></AuthorList>
<ContributionDate><Year>2021</Year></ContributionDate></BookDocument></PubmedBookArticle></PubmedArticleSet>
"""


@pytest.mark.parametrize(
    ("text", "identifiers", "title", "authors", "date"),
    [
        (PUBMED, {"pubmed:123": 5, "doi:10.1000/a": 8, "pmc:PMC7": 13},
         "Things in a study", "Jane Doe; The Group", "2021-11"),
        (ATOM, {"arxiv:2301.00001": 3, "doi:10.1000/a": 8},
         "A study of things", "Jane Doe; Rob Roe", "2023-01-01T18:00:00Z"),
        (RSS, {"doi:10.1000/a": 2}, "A study of things", "Jane Doe, Rob Roe", "Fri, 05 Nov 2021 06:00:00 -0400"),
        (DBLP, {"doi:10.1000/a": 5}, "A study of things", "Jörg Doe; Rob Roe", "2021"),
        (OAI, {"arxiv:2301.00001": 4, "doi:10.1000/a": 6}, "A study of things", "Jane Doe", "2023-01-01"),
        (DUBLIN_CORE, {"doi:10.1000/a": 3}, "A study of things", "Doe, Jane; Roe, Rob", "2023-01-01"),
        (ZOTERO, {"doi:10.1000/a": 10}, "A study of things", "Jane Doe", "May 2021"),
        (RSS_1, {"doi:10.1000/a": 4}, "A study of things", "Jane Doe; Rob Roe", "2021-11-05"),
        (HITS, {"doi:10.1000/a": 4}, "A study of things", "Jane Doe; Rob Roe", "2021"),
        (BOOK, {"pubmed:123": 1}, "A study of things", "Jane Doe", "2021"),
    ],
    ids=[
        "pubmed", "atom", "rss", "dblp", "oai", "dublin-core", "zotero", "rss-1", "hits", "book",
    ],
)  # fmt: skip
def test_records_of_xml(
    text: str, identifiers: dict[str, int], title: str, authors: str, date: str
) -> None:
    for name in ("export", "export.xml", "export.rdf"):
        reading = read(text.encode(), name)
        papers = [mention for mention in reading.mentions if mention.role == "paper"]
        assert {str(m.identifier): m.line for m in papers} == identifiers
        assert {(m.entry, m.title, m.authors, m.date) for m in papers} == {
            (1, title, authors, date)
        }
        assert reading.findings == []


def test_an_identifier_of_an_abstract_is_a_mention() -> None:
    roles = {str(m.identifier): m.role for m in read(PUBMED.encode(), "a").mentions}
    assert roles["doi:10.1000/z"] == "other"
    assert "doi:10.1000/b" not in roles


def test_a_journal_of_two_articles_names_neither() -> None:
    start, end = ZOTERO.index(" <bib:Article"), ZOTERO.index(" <bib:Journal")
    text = ZOTERO[:end] + ZOTERO[start:end] + ZOTERO[end:]
    reading = read(text.encode(), "a.rdf")
    assert [m.identifier for m in reading.mentions if m.role == "paper" and m.url] == []


IN_JOURNAL = "<bib:Journal><dc:identifier>DOI 10.1000/a</dc:identifier></bib:Journal>"


@pytest.mark.parametrize(
    ("part", "own", "doi"),
    [
        (IN_JOURNAL, "", "doi:10.1000/a"),
        (IN_JOURNAL, "DOI 10.1000/b", "doi:10.1000/b"),
        (IN_JOURNAL, "https://doi.org/10.1000/b", "doi:10.1000/b"),
        (IN_JOURNAL.replace("Journal", "Book"), "", "None"),
        ("<bib:Journal><dc:title>A journal</dc:title></bib:Journal>", "", "None"),
    ],
)
def test_an_article_of_zotero_has_no_doi_but_its_own(part: str, own: str, doi: str) -> None:
    memo = "<bib:Memo><dc:identifier>DOI 10.1000/c</dc:identifier></bib:Memo>"
    text = ZOTERO.replace("</rdf:RDF>", f"{memo}</rdf:RDF>").replace(
        '<dcterms:isPartOf rdf:resource="urn:issn:1"/>',
        f"<dcterms:isPartOf>{part}</dcterms:isPartOf><dc:identifier>{own}</dc:identifier>",
    )
    mentions = read(text.encode(), "a.rdf").mentions
    assert [(m.title, str(m.identifier)) for m in mentions] == [("A study of things", doi)]


def test_a_book_that_stands_by_itself_gives_its_chapter_no_doi() -> None:
    text = ZOTERO.replace("bib:Journal", "bib:Book")
    assert [m.identifier for m in read(text.encode(), "a.rdf").mentions] == [None]


@pytest.mark.parametrize(
    ("link", "count"),
    [
        ('href="https://doi.org/10.1000/b"', 1),
        ('rel="alternate" href="https://doi.org/10.1000/b"', 1),
        ('rel="related" title="doi" href="https://doi.org/10.1000/b"', 1),
        ('rel="related" href="https://doi.org/10.1000/b"', 0),
        ('rel="replies" href="https://doi.org/10.1000/b"', 0),
        ('rel="self" href="https://doi.org/10.1000/b"', 0),
    ],
)
def test_a_link_of_a_feed_is_to_the_entry_itself(link: str, count: int) -> None:
    text = ATOM.replace("</entry>", f"<link {link}/></entry>")
    dois = [str(m.identifier) for m in read(text.encode(), "a.xml").mentions]
    assert dois.count("doi:10.1000/b") == count


def test_an_entry_without_a_date_of_publication_has_that_of_its_update() -> None:
    text = ATOM.replace("published>", "updated>")
    assert read(text.encode(), "a.xml").mentions[0].date == "2023-01-01T18:00:00Z"


@pytest.mark.parametrize(
    ("written", "title"),
    [
        ("[A study of ice.]", "A study of ice"),
        ("[A study of ice].", "A study of ice"),
        ("[Ice in [18F]PET.]", "Ice in [18F]PET"),
        ("[Ice] and [snow].", "[Ice] and [snow]"),
        ("A study of ice.", "A study of ice"),
        ("Is ice slow?", "Is ice slow?"),
    ],
)
def test_a_title_of_pubmed_has_no_brackets_and_no_stop(written: str, title: str) -> None:
    text = PUBMED.replace("<i>Things</i> in a study", written)
    assert {m.title for m in read(text.encode(), "a.xml").mentions if m.role == "paper"} == {title}


@pytest.mark.parametrize("root", ["dblp", "dblpperson"])
@pytest.mark.parametrize("tag", ["article", "mastersthesis", "proceedings", "data"])
def test_publications_of_dblp_are_works_and_home_pages_are_none(root: str, tag: str) -> None:
    page = '<www key="homepages/d/JDoe"><author>Jane Doe</author><title>Home Page</title></www>'
    text = DBLP.replace("article", tag)
    text = text.replace("dblp>", f"{root}>").replace(f"<{root}>", f"<{root}>{page}")
    reading = read(text.encode(), "a.xml")
    assert [str(m.identifier) for m in reading.mentions] == ["doi:10.1000/a"]
    assert reading.findings == []


def test_a_result_of_another_service_is_none_of_dblp() -> None:
    text = HITS.replace("dblp.org", "search.example")
    assert [f.code for f in read(text.encode(), "a.xml").findings] == ["unknown-format"]


@pytest.mark.parametrize("form", ["arXivRaw", "oai_datacite", "record"])
def test_an_unknown_form_of_metadata_is_a_finding(form: str) -> None:
    text = OAI.replace("<arXiv>", f"<{form}>").replace("</arXiv>", f"</{form}>")
    reading = read(text.encode(), "a.xml")
    assert reading.mentions == []
    assert [(f.code, form in f.message) for f in reading.findings] == [("no-records", True)]


def test_a_feed_of_a_weblog_is_no_list() -> None:
    text = RSS.replace("journal.example/doi/10.1000/a?af=R", "weblog.example/a")
    assert [f.code for f in read(text.encode(), "a.xml").findings] == ["unknown-format"]


def test_records_of_other_xml_are_none_of_endnote() -> None:
    text = "<catalog><record><title>A study</title><electronic-resource-num>10.1000/a</electronic-resource-num></record></catalog>"
    reading = read(text.encode(), "a.xml")
    assert [f.code for f in reading.findings] == ["unknown-format"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("<dblp>" + "<a>" * 100_000, "malformed-xml"),
        ("<dblp><article><title>A study", "malformed-xml"),
        ("<dblp></dblp>", "no-records"),
    ],
)
def test_xml_that_is_hostile_or_empty_is_a_finding(text: str, code: str) -> None:
    assert [f.code for f in read(text.encode(), "dblp.xml").findings][:1] == [code]


def test_many_comments_before_no_root_end_in_time() -> None:
    text = "<!-- a -->\n" * 300 + "# T\n\n- [A study of things](https://doi.org/10.1000/a)\n"
    with ends():
        reading = read(text.encode(), "README.md")
    assert [str(m.identifier) for m in reading.mentions] == ["doi:10.1000/a"]


def test_a_root_stands_behind_comments() -> None:
    text = DBLP.replace("<dblp>", "<!-- a -->\n<!-- <b> - > -->\n<dblp>")
    assert len(read(text.encode(), "a.xml").mentions) == 1


def test_an_entity_is_refused() -> None:
    text = '<!DOCTYPE dblp [<!ENTITY a "b">]><dblp></dblp>'
    finding = XmlExport().read(text, "dblp.xml").findings[0]
    assert (finding.code, finding.message.endswith("declares an entity")) == ("malformed-xml", True)
