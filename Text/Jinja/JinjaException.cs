// Errors of templates: bad syntax, a Python-like run-time error, an exceeded limit, or a refusal by the template itself.
namespace Majlis.Text.Jinja;

/// <summary>A template could not be parsed or rendered. <see cref="Kind"/> is the name that Jinja2 or Python gives the error.</summary>
public class JinjaException : Exception
{
    public JinjaException(string kind, string message, int line = 0) : base(message) => (Kind, Line) = (kind, line);

    public JinjaException(string kind, string message, Exception inner) : base(message, inner) => Kind = kind;

    /// <summary>TemplateSyntaxError, UndefinedError, TypeError, SecurityError, RecursionError, ...</summary>
    public string Kind { get; }

    /// <summary>Line of the template, from 1; 0 where it is not known.</summary>
    public int Line { get; }

    internal static JinjaException Syntax(string message, int line) => new("TemplateSyntaxError", message, line);

    internal static JinjaException Type(string message) => new("TypeError", message);

    internal static JinjaException Value(string message) => new("ValueError", message);

    internal static JinjaException Recursion() => new("RecursionError", "maximum recursion depth exceeded");
}

/// <summary>The template itself refused the conversation by <c>raise_exception</c>; the message is the template's own.</summary>
public sealed class TemplateRefusedException(string message) : JinjaException("TemplateError", message);
