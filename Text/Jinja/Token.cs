// The tokens that the lexer hands to the parser. Operators and keywords differ only in their text.
namespace Majlis.Text.Jinja;

enum TokenKind { Data, VariableBegin, VariableEnd, BlockBegin, BlockEnd, Name, String, Number, Operator, End }

/// <summary>A token: <paramref name="Text"/> is its source (for strings the unescaped value), <paramref name="Value"/> a number's
/// value.</summary>
readonly record struct Token(TokenKind Kind, string Text, int Line, object? Value = null)
{
    public bool IsOperator(string text) => Kind == TokenKind.Operator && Text == text;

    public bool IsName(string text) => Kind == TokenKind.Name && Text == text;

    /// <summary>How Jinja2's messages name the token.</summary>
    public string Description => Kind switch
    {
        TokenKind.VariableBegin => "begin of print statement",
        TokenKind.VariableEnd => "end of print statement",
        TokenKind.BlockBegin => "begin of statement block",
        TokenKind.BlockEnd => "end of statement block",
        TokenKind.Data => "template data / text",
        TokenKind.End => "end of template",
        TokenKind.String => "string",
        TokenKind.Number => Value is double ? "float" : "integer",
        _ => Text,
    };
}
