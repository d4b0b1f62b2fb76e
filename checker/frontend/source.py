"""Spec files as source: found, read and parsed once, never imported or run.

Names imported from other files are resolved in their source. `model` itself is vocabulary: its
functions and types are known to the front end by name, its blocks are read like any other source.
"""

from __future__ import annotations

import ast
import hashlib
import io
import re
import tokenize
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from checker.diagnostics import Diagnostic, SpecError, UsageError, choices, nearest, suggest
from checker.frontend.limits import MAX_BYTES, MAX_DIGITS, MAX_NESTING
from checker.info import ROOT, catalogue, shown_path
from checker.loc import Loc

VOCABULARY = "model"
LINE_END = re.compile("\r\n|\r|\n")  # as `ast` counts lines


@dataclass(slots=True)
class Module:
    """One parsed file. `names` maps a top-level name to the statement that binds it."""

    path: Path
    shown: str
    text: str
    tree: ast.Module
    digest: str  # of what the file holds
    names: dict[str, ast.stmt] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)  # of the text, as soon as somebody asks for a part of it

    def loc(self, node: ast.AST) -> Loc:
        return Loc(
            self.shown,
            getattr(node, "lineno", 1),
            getattr(node, "col_offset", 0),
            getattr(node, "end_lineno", 0) or 0,
            getattr(node, "end_col_offset", 0) or 0,
        )

    def segment(self, node: ast.expr) -> str:
        """Return the text of an expression on one line, without comments."""
        self.lines = self.lines or LINE_END.split(self.text)
        lines = self.lines[node.lineno - 1 : node.end_lineno]
        lines[-1] = lines[-1].encode()[: node.end_col_offset].decode()
        lines[0] = lines[0].encode()[node.col_offset :].decode()
        return lines[0] if len(lines) == 1 else on_one_line("\n".join(lines))


def on_one_line(text: str) -> str:
    """Join the lines of an expression, without its comments and the commas before closing brackets."""
    told = (tokenize.NL, tokenize.COMMENT, tokenize.NEWLINE, tokenize.ENDMARKER)
    tokens = [t for t in tokenize.generate_tokens(io.StringIO(f"({text})").readline) if t.type not in told][1:-1]
    line = ""
    for before, token in zip([None, *tokens], tokens, strict=False):
        if before is None or token.start[0] == before.end[0]:
            gap = 0 if before is None else token.start[1] - before.end[1]
        else:
            gap = 0 if before.string in "([{" or token.string in ")]}" else 1
            line = line.removesuffix(",") if token.string in ")]}" else line
        line += " " * gap + token.string
    return line


class Library:
    """The files read for one compilation, each once; and where there was none, which decides as much."""

    def __init__(self) -> None:
        self.missing: set[Path] = set()
        self._modules: dict[Path, Module] = {}
        self._found: dict[tuple[Path, int, str | None], Module | None] = {}

    def read(self, path: Path) -> Module:
        """Return the parsed file; SpecError if it is no Python or too large, UsageError if it cannot be read."""
        path = path.resolve()
        if path not in self._modules:
            self._modules[path] = parse(path)
        return self._modules[path]

    @property
    def modules(self) -> tuple[Module, ...]:
        return tuple(self._modules.values())

    def sources(self) -> dict[str, str]:
        """Return, by path, the digest of each file read, and "" where there was none."""
        read = {str(path): module.digest for path, module in self._modules.items()}
        return {**dict.fromkeys(map(str, self.missing), ""), **read}

    def find(self, importer: Module, statement: ast.ImportFrom) -> Module | None:
        """Return the module that `from … import` names, or None if its source is not there."""
        key = importer.path, statement.level, statement.module
        if key not in self._found:
            self._found[key] = self._find(importer, statement)
        return self._found[key]

    def _find(self, importer: Module, statement: ast.ImportFrom) -> Module | None:
        dotted = (statement.module or "").split(".") if statement.module else []
        if statement.level:
            base = importer.path.parent
            for _ in range(statement.level - 1):
                base = base.parent
            bases = [base]
        else:
            bases = [importer.path.parent, *importer.path.parent.parents, ROOT]
        for base in bases:
            stem = base.joinpath(*dotted)
            for candidate in (stem.with_suffix(".py") if dotted else stem / "__init__.py", stem / "__init__.py"):
                if candidate.is_file():
                    return self.read(candidate)
                self.missing.add(candidate)
        return None


def parse(path: Path) -> Module:
    """Read and parse one file within the limits of size, nesting and constants."""
    shown = shown_path(path)
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise UsageError(f"cannot read {shown}: {error.strerror}") from error
    if len(raw) > MAX_BYTES:
        raise SpecError(
            (Diagnostic("K002", f"the file has {len(raw):,} bytes, more than {MAX_BYTES:,}", Loc(shown, 1)),)
        )
    try:
        text = raw.decode("utf-8-sig")
        tree = ast.parse(text, filename=shown)
    except UnicodeDecodeError as error:
        raise SpecError((Diagnostic("K001", f"the file is not UTF-8: {error.reason}", Loc(shown, 1)),)) from error
    except SyntaxError as error:
        where = Loc(shown, error.lineno or 1, max(0, (error.offset or 1) - 1))
        raise SpecError((Diagnostic("K001", f"not Python: {error.msg}", where),)) from error
    except (ValueError, RecursionError, MemoryError) as error:
        code = "K001" if isinstance(error, ValueError) else "K002"
        reason = "it contains a null byte or a number with too many digits" if code == "K001" else "nested too deeply"
        raise SpecError((Diagnostic(code, f"the file cannot be parsed: {reason}", Loc(shown, 1)),)) from error
    module = Module(path, shown, text, tree, hashlib.sha256(raw).hexdigest())
    _check_limits(module)
    for statement in tree.body:
        if isinstance(statement, ast.ImportFrom) and statement.names[0].name == "*":
            fix = f"from {statement.module or '.'} import the, names, you, use"
            raise SpecError((Diagnostic("K010", "`import *` does not say what is used", module.loc(statement), fix),))
        for name in _bound(statement):
            module.names[name] = statement
    return module


def _check_limits(module: Module) -> None:
    pending: list[tuple[ast.AST, int]] = [(module.tree, 0)]
    while pending:
        node, depth = pending.pop()
        if depth > MAX_NESTING:
            text = f"nested more than {MAX_NESTING} deep"
            raise SpecError((Diagnostic("K002", text, module.loc(node), "name its parts"),))
        if isinstance(node, ast.Constant) and isinstance(node.value, int) and abs(node.value) >= 10**MAX_DIGITS:
            raise SpecError(
                (Diagnostic("K002", f"a number of more than {MAX_DIGITS} digits", module.loc(node), "a smaller one"),)
            )
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and not node.value.isprintable():
            _check_text(node, module)
        if isinstance(node, ast.Call) and len(node.keywords) > 1:
            _check_keywords(node, module)
        pending.extend((child, depth + 1) for child in ast.iter_child_nodes(node))


def _check_text(node: ast.Constant, module: Module) -> None:
    try:
        str(node.value).encode()
    except UnicodeEncodeError as error:
        text = "text that is no Unicode: half of a surrogate pair"
        raise SpecError((Diagnostic("K011", text, module.loc(node)),)) from error


def _check_keywords(node: ast.Call, module: Module) -> None:
    """Refuse an argument that is given twice: Python does when it compiles, `ast.parse` does not."""
    given = [word.arg for word in node.keywords if word.arg is not None]
    for name in given:
        if given.count(name) > 1:
            text = f"not Python: `{name}` is given twice"
            raise SpecError((Diagnostic("K001", text, module.loc(node), f"one `{name}=`"),))


def _bound(statement: ast.stmt) -> Iterator[str]:
    match statement:
        case ast.ClassDef(name=name) | ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
            yield name
        case ast.Assign(targets=targets):
            yield from (target.id for target in targets if isinstance(target, ast.Name))
        case ast.AnnAssign(target=ast.Name(id=name)):
            yield name
        case ast.Import(names=names) | ast.ImportFrom(names=names):
            yield from ((alias.asname or alias.name).split(".")[0] for alias in names)


def base_names(node: ast.ClassDef) -> list[str]:
    return [base.id if isinstance(base, ast.Name) else getattr(base, "attr", "") for base in node.bases]


def spec_classes(module: Module) -> dict[str, ast.ClassDef]:
    """Return the classes of a file that derive from `Spec`, directly or through one another."""
    classes = {node.name: node for node in module.tree.body if isinstance(node, ast.ClassDef)}

    def derives(node: ast.ClassDef, seen: frozenset[str]) -> bool:
        return any(
            name == "Spec" or (name in classes and name not in seen and derives(classes[name], seen | {name}))
            for name in base_names(node)
        )

    return {name: node for name, node in classes.items() if derives(node, frozenset({name}))}


def locate(target: str, library: Library) -> tuple[Module, ast.ClassDef]:
    """Find the spec a user named: a catalogue name or `path.py[:Name]`.

    Raises UsageError for a spec or file that does not exist, SpecError for a file without a spec.
    """
    name_or_path, _, wanted = target.partition(":")
    known = catalogue()
    if name_or_path in known:
        module = library.read(known[name_or_path])
    elif name_or_path.endswith(".py") or "/" in name_or_path:
        path = Path(name_or_path)
        if not path.is_file():
            raise UsageError(no_file(path))
        module = library.read(path)
    else:
        raise UsageError(no_spec(target, known))
    specs = spec_classes(module)
    if wanted:
        if wanted not in specs:
            raise UsageError(f"no spec `{wanted}` in {module.shown}{choices(wanted, specs)}")
        return module, specs[wanted]
    if len(specs) == 1:
        return module, next(iter(specs.values()))
    what = "no class derived from Spec" if not specs else "several specs: " + ", ".join(specs)
    fix = "write `class Name(Spec):`" if not specs else f"name one: {target}:{next(iter(specs))}"
    raise SpecError((Diagnostic("K003", what, Loc(module.shown, 1), fix),))


def no_file(path: Path) -> str:
    """Say that `path` is no file, and which one may be meant."""
    if path.is_dir():
        return f"{path} is a folder, give a file in it{suggest_file('spec.py', path)}"
    return f"no such file: {path}{suggest_file(path.name, path.parent)}"


def no_spec(target: str, known: Iterable[str]) -> str:
    """Say that the catalogue has no such spec, and what may be meant: another one, or a file."""
    name, colon, wanted = target.partition(":")
    file = Path(f"{name}.py")
    if file.is_file():
        return f"no spec named `{name}` in the catalogue; did you mean the file `{file}{colon}{wanted}`?"
    return f"no spec named `{name}`{suggest(name, known)}; `check list` names them all, a file is given as path.py"


def suggest_file(name: str, folder: Path) -> str:
    """Return `; did you mean …` for a Python file in `folder` with a name close to `name`, else nothing."""
    close = nearest(name, sorted(path.name for path in folder.glob("*.py")))
    return f"; did you mean `{folder / close}`?" if close else ""


def is_conditional(statement: ast.stmt) -> bool:
    """Tell whether a task exists only under a condition: another may have its name under the opposite one."""
    calls = [item for item in getattr(statement, "decorator_list", []) if isinstance(item, ast.Call)]
    return any(keyword.arg == "when" for call in calls for keyword in call.keywords)


def declared_names(statement: ast.stmt) -> list[str]:
    """Return the names a statement of a class body would have declared."""
    match statement:
        case ast.Assign(targets=targets):
            return [target.id for target in targets if isinstance(target, ast.Name)]
        case ast.AnnAssign(target=ast.Name(id=name)) | ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
            return [name]
    return []
