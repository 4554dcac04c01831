// Finds what `npm run mutate` removes, and makes each change switchable at run time. It goes by what code looks like, not by file
// names, so new code is found too.
import { basename } from 'node:path';
import ts from 'typescript';
import { conjunctsOf } from './sql.mjs';

/** Undo a whole batch unless something holds. */
const GUARDS = /^(must|actorMayInvite|still[A-Z]\w*|within[A-Z]\w*)$/;
/** Stand alone because they refuse. */
const REFUSES = /^(allow|administer|reach|(require|check|ensure|assert|refuse)[A-Z]?\w*)$/;
/** The weaker question takes the same arguments. */
const WEAKER = {
  administer: 'reach',
  requireAdministrator: 'requireSpace',
  stillAdministers: 'stillMember',
};
/** Hold a condition of a write. */
const CONDITIONS = /^(setWhere|targetWhere)$/;

/**
 * @param {string} file path from the root of the project
 * @param {string} source
 * @returns {{ places: { name: string, line: number, kind: string }[], code: string }} `code`: place i is changed
 * while `globalThis.__mutant(file, i)` is true
 */
export function findPlaces(file, source) {
  const tree = ts.createSourceFile(file, source, ts.ScriptTarget.Latest, true);
  const places = [];
  /** By node: functions that write it, one for each of its places. */
  const changes = new Map();
  const seen = new Map();
  const imports = new Set(["import { sql as __sql } from 'drizzle-orm';"]);

  const textOf = (node) => source.slice(node.getStart(tree), node.end);
  const add = (node, kind, what, write) => {
    const name = [file, scopeOf(node), kind, what.replace(/\s+/g, ' ').trim().slice(0, 100)].join(' › ');
    const times = (seen.get(name) ?? 0) + 1;
    seen.set(name, times);
    const line = tree.getLineAndCharacterOfPosition(node.getStart(tree)).line + 1;
    const id = places.push({ name: times > 1 ? `${name} (${times})` : name, line, kind }) - 1;
    changes.set(node, [...(changes.get(node) ?? []), (code) => write(code, `__m(${id})`)]);
  };
  const instead = (node, kind, what, other) =>
    add(node, kind, what, (code, on) => `(${on} ? (${other}) : (${code}))`);

  const visit = (node) => {
    if (ts.isCallExpression(node)) visitCall(node);
    if (ts.isTemplateLiteral(node) && isSql(node)) visitSql(node);
    if (ts.isPropertyAssignment(node) && ts.isIdentifier(node.name) && CONDITIONS.test(node.name.text))
      wholeCondition(node.initializer);
    if (ts.isExpressionStatement(node) && refuses(node.expression))
      add(node, 'refusal', textOf(node), (code, on) => `{ if (!${on}) ${code} }`);
    if (ts.isIfStatement(node) && throws(node.thenStatement))
      add(node.expression, 'refusal', textOf(node.expression), (code, on) => `((${code}) && !${on})`);
    if (/^policy\b/.test(basename(file))) visitPolicy(node);
    ts.forEachChild(node, visit);
  };

  function visitCall(node) {
    const callee = calleeOf(node) ?? '';
    const [first] = node.arguments;
    if (GUARDS.test(callee) && isContext(first) && !isAsked(node)) {
      const nothing = ts.isSpreadElement(node.parent) ? '[]' : 'ctx.db.get(__sql`select 1`)';
      instead(node, 'guard', textOf(node), nothing);
    }
    if (callee === 'and' && ts.isIdentifier(node.expression))
      for (const dropped of node.arguments) {
        const rest = node.arguments.filter((other) => other !== dropped).map(textOf);
        instead(node, 'condition', textOf(dropped), rest.length ? `and(${rest.join(', ')})` : 'undefined');
      }
    if (callee === 'where' && ts.isPropertyAccessExpression(node.expression) && first) wholeCondition(first);
    if (Object.hasOwn(WEAKER, callee)) {
      const weaker = nameOf(node.expression, WEAKER[callee]);
      if (weaker)
        instead(node, 'weaker', textOf(node), `${weaker}${source.slice(node.expression.end, node.end)}`);
    }
  }

  /** The file may not have imported it. */
  function nameOf(expression, weaker) {
    if (ts.isPropertyAccessExpression(expression)) return `${textOf(expression.expression)}.${weaker}`;
    const from = tree.statements.find(
      (one) =>
        ts.isImportDeclaration(one) &&
        one.importClause?.namedBindings?.elements?.some(({ name }) => name.text === textOf(expression)),
    );
    if (!from) return weaker;
    imports.add(`import { ${weaker} as __${weaker} } from ${textOf(from.moduleSpecifier)};`);
    return `__${weaker}`;
  }

  /** A condition that is no `and(…)` and no template with several: without it, all rows are meant. */
  function wholeCondition(node) {
    if (calleeOf(node) === 'and' || textOf(node) === 'undefined') return;
    if (ts.isTaggedTemplateExpression(node) && conjunctsOf(textOf(node.template).slice(1, -1)).length) return;
    instead(node, 'condition', textOf(node), 'undefined');
  }

  function visitSql(node) {
    const outer = ts.isTaggedTemplateExpression(node.parent) ? node.parent : node;
    const start = node.getStart(tree) + 1;
    const body = source.slice(start, node.end - 1);
    for (const { from, to, by, what } of conjunctsOf(body))
      instead(
        outer,
        'condition',
        what,
        source.slice(outer.getStart(tree), start) + body.slice(0, from) + by + body.slice(to) + '`',
      );
  }

  function visitPolicy(node) {
    if (
      ts.isPropertyAssignment(node) &&
      /^(Record<Action|Policy|Table)/.test(tableTypeOf(node.parent)) &&
      ts.isObjectLiteralExpression(node.parent)
    )
      add(
        node.initializer,
        'policy',
        node.name.getText(tree),
        (code, on) => `((...all) => ${on} || (${code})(...all))`,
      );
    const and = ts.SyntaxKind.AmpersandAmpersandToken;
    if (ts.isBinaryExpression(node) && node.operatorToken.kind === and) {
      instead(node, 'policy', textOf(node.left), textOf(node.right));
      instead(node, 'policy', textOf(node.right), textOf(node.left));
    }
  }

  function tableTypeOf(object) {
    const holder = ts.isSatisfiesExpression(object.parent) ? object.parent.parent : object.parent;
    const type = ts.isSatisfiesExpression(object.parent) ? object.parent.type : holder.type;
    return type?.getText(tree) ?? '';
  }

  function isSql(node) {
    const { parent } = node;
    if (ts.isTaggedTemplateExpression(parent)) return parent.tag.getText(tree) === 'sql';
    if (!ts.isCallExpression(parent)) return false;
    return /(^sql\.raw|\.prepare)$/.test(parent.expression.getText(tree));
  }

  visit(tree);
  return { places, code: places.length ? [...imports, SWITCH(file), write(tree)].join(' ') : source };

  /** With all changes in and of it. */
  function write(node) {
    let code = '';
    let at = node === tree ? 0 : node.getStart(tree);
    ts.forEachChild(node, (child) => {
      const start = child.getStart(tree);
      if (start < at) return;
      code += source.slice(at, start) + write(child);
      at = child.end;
    });
    code += source.slice(at, node.end);
    return (changes.get(node) ?? []).reduce((text, change) => change(text), code);
  }
}

// On the first line, so that lines keep their numbers.
const SWITCH = (file) =>
  `void __sql; const __m = (i) => globalThis.__mutant?.(${JSON.stringify(file)}, i) ?? false;`;

/** `await` before it does not matter. */
function calleeOf(node) {
  if (ts.isAwaitExpression(node)) return calleeOf(node.expression);
  if (!ts.isCallExpression(node)) return undefined;
  const { expression } = node;
  return ts.isPropertyAccessExpression(expression) ? expression.name.text : expression.text;
}

const isContext = (node) => !!node && ts.isIdentifier(node) && node.text === 'ctx';

/** A condition within a query, not a statement of a batch. */
const isAsked = ({ parent }) => /^(where|and|or|not)$/.test(calleeOf(parent) ?? '');

function refuses(expression) {
  const callee = calleeOf(expression) ?? '';
  const call = ts.isAwaitExpression(expression) ? expression.expression : expression;
  return REFUSES.test(callee) || (callee === 'must' && !isContext(call.arguments[0]));
}

/** A rethrown error is no refusal. */
function throws(statement) {
  const only =
    ts.isBlock(statement) && statement.statements.length === 1 ? statement.statements[0] : statement;
  return ts.isThrowStatement(only) && !ts.isIdentifier(only.expression);
}

/** Functions and constants around a place, outermost first. */
function scopeOf(node) {
  const names = [];
  for (let up = node.parent; up; up = up.parent)
    if (
      up.name &&
      ts.isIdentifier(up.name) &&
      (ts.isFunctionLike(up) || ts.isVariableDeclaration(up) || ts.isClassDeclaration(up))
    )
      names.unshift(up.name.text);
  return names[0] ?? 'file';
}
