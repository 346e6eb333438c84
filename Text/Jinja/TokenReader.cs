// The parser's view of the tokens: the current one, the next one, and the expected ones.
namespace Majlis.Text.Jinja;

sealed class TokenReader(List<Token> tokens)
{
    int position;

    public Token Current => tokens[position];

    public Token Ahead => tokens[Math.Min(position + 1, tokens.Count - 1)];

    public Token Next()
    {
        var token = Current;
        if (token.Kind != TokenKind.End) position++;
        return token;
    }

    public bool SkipName(string name) => Current.IsName(name) && Next() is var _;

    public bool SkipOperator(string text) => Current.IsOperator(text) && Next() is var _;

    public Token Expect(TokenKind kind) =>
        Current.Kind == kind ? Next() : throw Unexpected(new Token(kind, kind == TokenKind.Name ? "name" : "", 0).Description);

    public void ExpectName(string name)
    {
        if (!SkipName(name)) throw Unexpected(name);
    }

    public void ExpectOperator(string text)
    {
        if (!SkipOperator(text)) throw Unexpected(text);
    }

    JinjaException Unexpected(string expected) => JinjaException.Syntax(Current.Kind == TokenKind.End
        ? $"unexpected end of template, expected '{expected}'."
        : $"expected token '{expected}', got '{Current.Description}'", Current.Line);
}
