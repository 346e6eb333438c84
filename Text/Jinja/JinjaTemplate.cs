// A Jinja2 template as transformers runs it: ImmutableSandboxedEnvironment, trim_blocks, lstrip_blocks, loop controls and
// {% generation %}. Compiled once; knows nothing of chats or tokens.
using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace Majlis.Text.Jinja;

/// <summary>A range [Start, End) of a rendered text, in Unicode code points.</summary>
public readonly record struct TextSpan(int Start, int End);

/// <summary>A rendered text and the ranges that {% generation %} blocks wrote.</summary>
public sealed record JinjaRendering(string Text, ImmutableArray<TextSpan> Generations);

/// <summary>
/// A parsed template. Immutable: any number of threads may render it at a time. Work, output, integers and the depth of calls
/// are bounded, so a hostile template ends in a <see cref="JinjaException"/>, never in a hang or a lost process.
/// </summary>
public sealed class JinjaTemplate
{
    readonly Body body;

    JinjaTemplate(Body body, TemplateFacts facts) => (this.body, Facts) = (body, facts);

    internal TemplateFacts Facts { get; }

    /// <exception cref="JinjaException">The source is not a template; the message says what was expected, and the line.</exception>
    public static JinjaTemplate Parse(string source)
    {
        ArgumentNullException.ThrowIfNull(source);
        try
        {
            var facts = new TemplateFacts();
            return new JinjaTemplate(Parser.Parse(source, facts), facts);
        }
        catch (InsufficientExecutionStackException deep)
        {
            throw new JinjaException("TemplateSyntaxError", "the template is nested too deep", deep);
        }
    }

    /// <summary>Renders with <paramref name="variables"/> as the context; strftime_now formats <paramref name="now"/>.</summary>
    /// <exception cref="JinjaException">The template failed; a <see cref="TemplateRefusedException"/> if it refused by
    /// itself.</exception>
    public JinjaRendering Render(IEnumerable<KeyValuePair<string, JsonNode?>> variables, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(variables);
        try
        {
            var context = new RenderContext(variables.ToDictionary(member => member.Key, member => PythonJson.Load(member.Value)), now);
            body.Execute(new Frame(context, new Scope(null), context.Output));
            var text = context.Output.ToString();
            return new JinjaRendering(text, [.. context.Generations.Select(stretch => Span(text, stretch.Start, stretch.Length))]);
        }
        catch (InsufficientExecutionStackException)
        {
            throw JinjaException.Recursion();
        }
    }

    // Inside a macro the position is that of the macro's call, as in transformers; it may lie beyond the text.
    static TextSpan Span(string text, int start, int length)
    {
        var from = PythonText.Length(text[..Math.Min(start, text.Length)]);
        return new TextSpan(from, from + PythonText.Length(text[start..Math.Min(start + length, text.Length)]));
    }
}
