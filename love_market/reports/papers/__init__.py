"""Papers of what was read in the books: booklet pages, a village's report, a township's sheet."""

from love_market.reports.papers.booklet import booklet_pages as booklet_pages
from love_market.reports.papers.report import report as report
from love_market.reports.papers.report import township as township
