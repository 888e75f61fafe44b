"""The quarter on paper. Pure: data in, PDF out."""

from love_market.appraisals.sheet.objections import ObjectedRow as ObjectedRow
from love_market.appraisals.sheet.objections import ObjectionText as ObjectionText
from love_market.appraisals.sheet.objections import RaisedObjection as RaisedObjection
from love_market.appraisals.sheet.objections import lay_out_objection as lay_out_objection
from love_market.appraisals.sheet.objections import lay_out_objection_forms as lay_out_objection_forms
from love_market.appraisals.sheet.objections import lay_out_reply as lay_out_reply
from love_market.appraisals.sheet.quarter import AgendaRow as AgendaRow
from love_market.appraisals.sheet.quarter import MinutesLine as MinutesLine
from love_market.appraisals.sheet.quarter import MinutesText as MinutesText
from love_market.appraisals.sheet.quarter import NoticeRow as NoticeRow
from love_market.appraisals.sheet.quarter import NoticeText as NoticeText
from love_market.appraisals.sheet.quarter import RowState as RowState
from love_market.appraisals.sheet.quarter import lay_out_agenda as lay_out_agenda
from love_market.appraisals.sheet.quarter import lay_out_minutes as lay_out_minutes
from love_market.appraisals.sheet.quarter import lay_out_notice as lay_out_notice
