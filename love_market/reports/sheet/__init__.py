"""The papers of what was read. Pure: data in, PDF out."""

from love_market.reports.sheet.booklet import BookletLeaf as BookletLeaf
from love_market.reports.sheet.booklet import BookletText as BookletText
from love_market.reports.sheet.booklet import lay_out_booklet as lay_out_booklet
from love_market.reports.sheet.report import ReportText as ReportText
from love_market.reports.sheet.report import Section as Section
from love_market.reports.sheet.report import TownshipText as TownshipText
from love_market.reports.sheet.report import lay_out_report as lay_out_report
from love_market.reports.sheet.report import lay_out_township as lay_out_township
