// Statements: from tokens to a tree. Also records which names and texts the template uses (TemplateFacts).
using System.Runtime.CompilerServices;

namespace Majlis.Text.Jinja;

sealed class Parser
{
    readonly TokenReader tokens;
    readonly ExpressionParser expressions;
    readonly TargetParser targets;
    readonly Stack<string> openTags = new();
    readonly Stack<string[]> awaited = new();
    int loops;

    Parser(List<Token> list, TemplateFacts facts)
    {
        tokens = new TokenReader(list);
        expressions = new ExpressionParser(tokens, facts);
        targets = new TargetParser(tokens, expressions);
    }

    public static Body Parse(string source, TemplateFacts facts)
    {
        var parser = new Parser(Lexer.Cut(source), facts);
        return parser.Statements([]);
    }

    // Reads until a block tag that begins with one of `ends`; leaves that name unread.
    Body Statements(string[] ends)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        var statements = new List<Statement>();
        while (true)
        {
            var token = tokens.Current;
            switch (token.Kind)
            {
                case TokenKind.Data:
                    expressions.Facts.Texts.Add(token.Text);
                    statements.Add(new Text(tokens.Next().Text));
                    break;
                case TokenKind.VariableBegin:
                    tokens.Next();
                    statements.Add(new Print(expressions.Tuple()));
                    tokens.Expect(TokenKind.VariableEnd);
                    break;
                case TokenKind.BlockBegin:
                    tokens.Next();
                    if (tokens.Current.Kind == TokenKind.Name && ends.Contains(tokens.Current.Text)) return new Body(statements);
                    statements.Add(Statement());
                    tokens.Expect(TokenKind.BlockEnd);
                    break;
                case TokenKind.End when ends.Length == 0:
                    return new Body(statements);
                default:
                    throw UnknownTag(null);
            }
        }
    }

    Body BodyUntil(params string[] ends)
    {
        tokens.SkipOperator(":");
        tokens.Expect(TokenKind.BlockEnd);
        awaited.Push(ends);
        var body = Statements(ends);
        awaited.Pop();
        return body;
    }

    Body BodyTo(string end)
    {
        var body = BodyUntil(end);
        tokens.Next();
        return body;
    }

    Statement Statement()
    {
        var name = tokens.Current.Kind == TokenKind.Name ? tokens.Next().Text
            : throw JinjaException.Syntax("tag name expected", tokens.Current.Line);
        openTags.Push(name);
        var statement = name switch
        {
            "if" => If(),
            "for" => For(),
            "set" => Set(),
            "macro" => Macro(),
            "call" => CallBlock(),
            "filter" => Filter(),
            "with" => With(),
            "block" => Block(),
            "print" => PrintList(),
            "generation" => new Generation(Isolated(() => BodyTo("endgeneration"))),
            "autoescape" => new AutoEscape(expressions.Expression(), Isolated(() => BodyTo("endautoescape"))),
            "break" => LoopControl(Flow.Break),
            "continue" => LoopControl(Flow.Continue),
            "include" or "import" or "from" or "extends" => LoadTag(),
            _ => null,
        };
        openTags.Pop();
        return statement ?? throw UnknownTag(name);
    }

    // Inside macros and captured blocks, break and continue cannot reach an outer loop.
    T Isolated<T>(Func<T> parse)
    {
        var outer = loops;
        loops = 0;
        var result = expressions.Filters.Hard(parse);
        loops = outer;
        return result;
    }

    If If()
    {
        var branches = new List<(Expression, Body)>();
        Body? otherwise = null;
        expressions.Filters.Soft(() =>
        {
            while (true)
            {
                var test = expressions.Tuple(conditional: false);
                branches.Add((test, BodyUntil("elif", "else", "endif")));
                var end = tokens.Next().Text;
                if (end == "elif") continue;
                if (end == "else") otherwise = BodyTo("endif");
                return true;
            }
        });
        return new If(branches, otherwise);
    }

    For For()
    {
        var target = targets.Target(withNamespace: false);
        tokens.ExpectName("in");
        var source = expressions.Tuple(conditional: false, "recursive");
        var test = tokens.SkipName("if") ? expressions.Expression() : null;
        var recursive = tokens.SkipName("recursive");
        return expressions.Filters.Hard(() =>
        {
            loops++;
            var body = BodyUntil("endfor", "else");
            loops--;
            var otherwise = tokens.Next().Text == "else" ? BodyTo("endfor") : null;
            return new For(target, source, test, recursive, body, otherwise);
        });
    }

    LoopControl LoopControl(Flow flow) => loops > 0 ? new LoopControl(flow)
        : throw JinjaException.Syntax($"'{(flow == Flow.Break ? "break" : "continue")}' outside of a loop", tokens.Current.Line);

    Statement Set()
    {
        var target = targets.Target(withNamespace: true);
        if (tokens.SkipOperator("=")) return new Assign(target, expressions.Tuple());
        var filter = tokens.Current.IsOperator("|") ? (FilterCall)expressions.Filters.Chain(null) : null;
        return new AssignBlock(target, filter, Isolated(() => BodyTo("endset")));
    }

    FilterBlock Filter()
    {
        var filter = expressions.Filters.Chain(null, startsInline: true);
        return new FilterBlock((FilterCall)filter, Isolated(() => BodyTo("endfilter")));
    }

    Macro Macro()
    {
        var name = tokens.Expect(TokenKind.Name).Text;
        return new Macro(Definition(name, targets.Signature(), "endmacro"));
    }

    CallBlock CallBlock()
    {
        var signature = tokens.Current.IsOperator("(") ? targets.Signature() : new Signature([], []);
        var line = tokens.Current.Line;
        var call = expressions.Expression() as Call ?? throw JinjaException.Syntax("expected call", line);
        return new CallBlock(Definition("caller", signature, "endcall"), call);
    }

    MacroDefinition Definition(string name, Signature signature, string end)
    {
        var before = expressions.Facts.SpecialNames;
        expressions.Facts.SpecialNames = SpecialNames.None;
        var body = Isolated(() => BodyTo(end));
        var used = expressions.Facts.SpecialNames;
        expressions.Facts.SpecialNames |= before;
        return new MacroDefinition(name, signature, body,
            used.HasFlag(SpecialNames.VarArgs), used.HasFlag(SpecialNames.KwArgs), used.HasFlag(SpecialNames.Caller));
    }

    With With()
    {
        var values = new List<(Target, Expression)>();
        while (tokens.Current.Kind != TokenKind.BlockEnd)
        {
            if (values.Count > 0) tokens.ExpectOperator(",");
            var target = targets.Target(withNamespace: false);
            tokens.ExpectOperator("=");
            values.Add((target, expressions.Expression()));
        }
        return new With(values, expressions.Filters.Hard(() => BodyTo("endwith")));
    }

    Block Block()
    {
        var name = tokens.Expect(TokenKind.Name).Text;
        var scoped = tokens.SkipName("scoped");
        tokens.SkipName("required");
        var body = Isolated(() => BodyTo("endblock"));
        tokens.SkipName(name);
        return new Block(scoped, body);
    }

    Body PrintList()
    {
        var values = new List<Statement>();
        while (tokens.Current.Kind != TokenKind.BlockEnd)
        {
            if (values.Count > 0) tokens.ExpectOperator(",");
            values.Add(new Print(expressions.Expression()));
        }
        return new Body(values);
    }

    // There is no loader, so the name to load does not matter: the rest of the tag is skipped.
    Load LoadTag()
    {
        while (tokens.Current.Kind is not (TokenKind.BlockEnd or TokenKind.End)) tokens.Next();
        return new Load();
    }

    JinjaException UnknownTag(string? name)
    {
        var message = name is null ? "Unexpected end of template." : $"Encountered unknown tag {PythonText.Repr(name)}.";
        if (awaited.TryPeek(out var ends))
        {
            var looking = string.Join(" or ", ends.Select(PythonText.Repr));
            message += name is not null && awaited.Any(open => open.Contains(name))
                ? $" You probably made a nesting mistake. Jinja is expecting this tag, but currently looking for {looking}."
                : $" Jinja was looking for the following tags: {looking}.";
        }
        if (openTags.Count > 0 && openTags.Skip(name is null ? 0 : 1).FirstOrDefault() is { } innermost)
            message += $" The innermost block that needs to be closed is {PythonText.Repr(innermost)}.";
        return JinjaException.Syntax(message, tokens.Current.Line);
    }
}
