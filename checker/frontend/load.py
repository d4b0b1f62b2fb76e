"""The front end's entry points."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from pathlib import Path

from checker.diagnostics import Diagnostic, SpecError, UsageError, choices, suggest
from checker.frontend.context import Reject
from checker.frontend.elaborate import Conditions, Elaborated, elaborate
from checker.frontend.limits import MANY
from checker.frontend.lint import lint
from checker.frontend.settings import ANY, parse_setting, setting_text
from checker.frontend.source import Library, locate
from checker.frontend.values import ClassValue, Ref, Scope
from checker.info import ExpectedRow, ParamInfo, SpecInfo
from checker.ir.domains import IntT, Type, size, values
from checker.ir.nodes import Expr, Model
from checker.loc import Loc
from checker.passes.pipeline import PIPELINE, run


def pass_names() -> tuple[str, ...]:
    """Return what `--dump-after` takes, in order."""
    return ("elaborate", *(name for name, _ in PIPELINE))


def load(target: str, settings: Mapping[str, str], *, dump_after: str | None = None, unbounded: bool = False) -> Model:
    """Compile a spec (a catalogue name or `path.py[:Name]`) at one parameter set.

    `dump_after` names a pass: the model as it leaves that pass. With `unbounded`, parameters may be set to `unbounded`:
    the model is then one for all their values: it can be proved, not explored. Raises SpecError for a wrong spec,
    UsageError for an unknown spec, parameter, value, pass or an excluded combination.
    """
    if dump_after is not None and dump_after not in pass_names():
        raise UsageError(f"no pass `{dump_after}`{choices(dump_after, pass_names())}")
    if not unbounded:
        refuse_unbounded(settings)
    return run(_elaborate(target, settings).model, after=dump_after)


def compiled(target: str, settings: Mapping[str, str], *, unbounded: bool = False) -> tuple[Model, Mapping[str, str]]:
    """Return the model of a spec, and by path the digest of each file it was made from ("": there was none)."""
    if not unbounded:
        refuse_unbounded(settings)
    found = _elaborate(target, settings)
    return run(found.model), found.context.library.sources()


def refuse_unbounded(settings: Mapping[str, str]) -> None:
    """Raise UsageError if a parameter is set to all its values at once."""
    for name in (name for name, text in settings.items() if text == ANY):
        raise UsageError(f"{name}={ANY}: only `check prove` knows all values at once; give a number")


def _elaborate(target: str, settings: Mapping[str, str]) -> Elaborated:
    library = Library()
    module, node = locate(target, library)
    found: list[Diagnostic] = []
    elaborated: Elaborated | None = None
    try:
        elaborated = elaborate(ClassValue(node, module), library, dict(settings))
    except SpecError as error:
        found += error.diagnostics
    except Reject as error:
        found.append(error.diagnostic)
    places = {(d.loc.file, d.loc.line) for d in found}
    found += [d for d in lint(library.modules, node) if (d.loc.file, d.loc.line) not in places]
    if elaborated is None or found:
        raise SpecError(tuple(sorted(found, key=lambda d: (d.loc.file, d.loc.line, d.loc.column))))
    return elaborated


def describe(target: str) -> SpecInfo:
    """Return what there is to know about a spec without checking it."""
    return described(target)[0]


def described(target: str) -> tuple[SpecInfo, Mapping[str, str]]:
    """Return what there is to know about a spec, and by path the digest of each file it was made from."""
    found = _elaborate(target, {})
    node, module = found.declarations.root.cls.node, found.declarations.root.cls.module
    parameters = tuple(
        ParamInfo(p.name, _domain_text(p.domain), setting_text(p.default), _domain_values(p.domain), p.unbounded)
        for p in found.declarations.parameters
    )
    domains = {p.name: p.domain for p in found.declarations.parameters}
    rows = _expected(found, domains)
    doc = ast.get_docstring(node) or ast.get_docstring(module.tree) or ""
    return SpecInfo(node.name, module.path, doc, parameters, rows), found.context.library.sources()


def _domain_values(domain: Type) -> tuple[str, ...]:
    if isinstance(domain, IntT) and size(domain) > MANY:
        return (str(domain.lo), str(domain.hi))
    return tuple(map(setting_text, values(domain)))


def _domain_text(domain: Type) -> str:
    return f"{domain.lo}..{domain.hi}" if isinstance(domain, IntT) else " ".join(map(setting_text, values(domain)))


def _expected(found: Elaborated, domains: Mapping[str, Type]) -> tuple[ExpectedRow, ...]:
    node = found.declarations.expected
    if node is None:
        return ()
    module = found.declarations.root.cls.module
    rows, problems = [], []
    for item in node.elts if isinstance(node, ast.Tuple | ast.List) else [node]:
        loc = module.loc(item)
        try:
            rows.append(_row(item, domains, loc))
        except (ValueError, UsageError) as error:
            problems.append(
                Diagnostic("K050", f"a wrong row of EXPECTED: {error}", loc, 'Expect("holds", name=value, states=…)')
            )
    if problems:
        raise SpecError(tuple(problems))
    return tuple(rows)


def _row(item: ast.expr, domains: Mapping[str, Type], loc: Loc) -> ExpectedRow:
    if not isinstance(item, ast.Call) or len(item.args) != 1:
        raise ValueError("it is no Expect(…)")
    given = {keyword.arg or "": ast.literal_eval(keyword.value) for keyword in item.keywords}
    counts = {name: given.pop(name, None) for name in ("states", "transitions", "depth")}
    violated = given.pop("violated", None)
    for name, value in given.items():
        if name not in domains:
            raise ValueError(f"no parameter `{name}`{suggest(name, domains)}")
        parse_setting(name, setting_text(value), domains[name])
    settings = tuple((name, setting_text(value)) for name, value in given.items())
    pinned = None if violated is None else tuple(map(str, violated))
    return ExpectedRow(str(ast.literal_eval(item.args[0])), settings, **counts, violated=pinned, loc=loc)


def update_expected(path: Path, rows: Sequence[ExpectedRow]) -> None:
    """Rewrite the EXPECTED rows of a spec file: each row in the lines it stands in now."""
    lines = path.read_bytes().splitlines(keepends=True)  # columns count bytes; ends of lines stay as they are
    for row in sorted(rows, key=lambda r: (r.loc.line, r.loc.column) if r.loc else (0, 0), reverse=True):
        assert row.loc is not None
        first, last = row.loc.line - 1, row.loc.end_line - 1
        head, tail = lines[first][: row.loc.column], lines[last][row.loc.end_column :]
        lines[first : last + 1] = [head + _row_text(row).encode() + tail]
    path.write_bytes(b"".join(lines))


def _row_text(row: ExpectedRow) -> str:
    parts = [f'"{row.verdict}"']
    parts += [f"{name}={text if text.lstrip('-').isdigit() else _python(text)}" for name, text in row.settings]
    counts = (("states", row.states), ("transitions", row.transitions), ("depth", row.depth))
    parts += [f"{name}={count}" for name, count in counts if count is not None]
    if row.violated is not None:
        names = ", ".join(f'"{name}"' for name in row.violated)
        parts.append(f"violated=({names}{',' if len(row.violated) == 1 else ''})")
    return f"Expect({', '.join(parts)})"


def _python(text: str) -> str:
    return {"true": "True", "false": "False"}.get(text, f'"{text}"')


def compile_expression(target: str, settings: Mapping[str, str], text: str) -> Expr:
    """Compile an expression of the spec language as a property of the spec would be; SpecError if it is wrong."""
    found = _elaborate(target, settings)
    root = found.declarations.root
    try:
        node = ast.parse(text, mode="eval", filename="<expression>").body
    except SyntaxError as error:
        raise UsageError(f"not an expression: {text} ({error.msg})") from error
    conditions = Conditions(found.context)
    ref = Ref(root, ())
    scope = Scope(root.cls.module, ref, {"self": ref, **root.scope})
    try:
        return conditions.expr(node, scope)
    except Reject as error:
        raise UsageError(f"{text}: {error.diagnostic.message}") from error
