"""The spreadsheet that an NGO fills in: headings, a sheet of what may stand where, the rows there are."""

from __future__ import annotations

from pathlib import Path

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from bot.directory.directory import Directory
from bot.directory.mediators import SPOKEN
from bot.directory.models import Confidence, OfficeKind
from bot.directory.sheets import Column, SheetKind, sheets
from bot.languages import Language

ONE_CHOICE = frozenset({"kinds", "confidences"})  # the others may hold several, with ; between
LAST_ROW = 500


def write_template(
    path: Path, directory: Directory, rows: dict[str, list[dict[str, str]]], language: Language = "lv"
) -> None:
    """Write the spreadsheet.

    Args:
        path: the file to write (.xlsx).
        directory: whose municipalities and topics may be chosen.
        rows: the rows that there are now, by table.
        language: of the headings and explanations; any language is understood when it is read.
    """
    workbook = Workbook()
    assert workbook.active is not None
    workbook.remove(workbook.active)
    choices = {
        "municipalities": [m.name.lv for m in directory.municipalities.values() if not m.merged_into],
        "languages": list(SPOKEN),
        "topics": list(directory.topics),
        "kinds": [kind.value for kind in OfficeKind],
        "confidences": [c.value for c in (Confidence.HIGH, Confidence.MEDIUM, Confidence.UNVERIFIED)],
    }
    lists = list(choices)
    for name, kind in sheets().kinds.items():
        _fill(workbook.create_sheet(name), kind, rows.get(name, []), lists, choices, language)
    sheet = workbook.create_sheet("lists")
    for index, (name, values) in enumerate(choices.items(), start=1):
        sheet.cell(1, index, name).font = Font(bold=True)
        for row, value in enumerate(values, start=2):
            sheet.cell(row, index, value)
        sheet.column_dimensions[sheet.cell(1, index).column_letter].width = 26
    _explain(workbook.create_sheet("help"), language)
    workbook.save(path)


def _fill(
    sheet: Worksheet,
    kind: SheetKind,
    rows: list[dict[str, str]],
    lists: list[str],
    choices: dict[str, list[str]],
    language: Language,
) -> None:
    columns = [*kind.columns, sheets().remove]
    for index, column in enumerate(columns, start=1):
        cell = sheet.cell(1, index, column.title.in_language(language))
        cell.font = Font(bold=True)
        cell.fill = PatternFill("solid", fgColor="FFE699" if column.required else "EDEDED")
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        cell.comment = Comment(_help(column, language), "Drom")
        sheet.column_dimensions[cell.column_letter].width = 22
        if column.choices in ONE_CHOICE:
            at = lists.index(column.choices)
            letter = chr(ord("A") + at)
            formula = f"lists!${letter}$2:${letter}${len(choices[column.choices]) + 1}"
            validation = DataValidation(type="list", formula1=formula, allow_blank=not column.required)
            sheet.add_data_validation(validation)
            validation.add(f"{cell.column_letter}2:{cell.column_letter}{LAST_ROW}")
        for number, row in enumerate(rows, start=2):
            written = sheet.cell(number, index, row.get(column.id, ""))
            written.number_format = "@"
    sheet.freeze_panes = "B2"


def _help(column: Column, language: Language) -> str:
    text = column.help.in_language(language)
    return f"{text}\n({column.example})" if column.example else text


def _explain(sheet: Worksheet, language: Language) -> None:
    row = 1
    for name, kind in sheets().kinds.items():
        sheet.cell(row, 1, f"{kind.title.in_language(language)} ({name})").font = Font(bold=True)
        row += 1
        for column in [*kind.columns, sheets().remove]:
            title, text = column.title.in_language(language), column.help.in_language(language)
            for index, value in enumerate((title, "*" if column.required else "", text, column.example), start=1):
                sheet.cell(row, index, value)
            row += 1
        row += 1
    for letter, width in (("A", 24), ("B", 4), ("C", 80), ("D", 32)):
        sheet.column_dimensions[letter].width = width
