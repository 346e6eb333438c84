// A run as a picture for people: loss, rewards, accuracies and learning rate over the steps, as SVG. Knows metrics by TRL's names.
using Majlis.Trainer.Optimization;
using ScottPlot;
using SkiaSharp;

namespace Majlis.Trainer.Stages;

static class RunPicture
{
    const int Width = 1100, Height = 760;

    // Before the names of what the validation rows give, once an epoch.
    const string Measured = "eval_";

    static readonly (string Title, string[] Metrics)[] panels =
    [
        ("loss", ["loss", "nll_loss", "kl"]),
        ("rewards", ["rewards/chosen", "rewards/rejected", "rewards/margins", "min_reward", "mean_reward", "max_reward", "margin"]),
        ("accuracies", ["rewards/accuracies", "accuracy", "mean_token_accuracy"]),
        ("learning rate", ["learning_rate"]),
    ];

    /// <param name="log">At least one step.</param>
    public static byte[] Of(IReadOnlyList<StepMetrics> log)
    {
        var picture = new Multiplot();
        var shown = panels.Where(panel => panel.Metrics.Any(metric => log.Any(step => Has(step, metric)))).ToArray();
        picture.AddPlots(shown.Length);
        picture.Layout = new ScottPlot.MultiplotLayouts.Grid((shown.Length + 1) / 2, 2);
        foreach (var (index, panel) in shown.Index()) Draw(picture.GetPlot(index), panel.Title, panel.Metrics, log);
        using var stream = new SKDynamicMemoryWStream();
        using (var canvas = SKSvgCanvas.Create(new SKRect(0, 0, Width, Height), stream))
            picture.Render(canvas, new PixelRect(0, Width, Height, 0));
        using var data = stream.DetachAsData();
        return data.ToArray();
    }

    static void Draw(Plot plot, string title, string[] metrics, IReadOnlyList<StepMetrics> log)
    {
        plot.Title(title);
        plot.XLabel("step");
        plot.Axes.Bottom.TickGenerator = new ScottPlot.TickGenerators.NumericAutomatic { IntegerTicksOnly = true };
        var lines = metrics.SelectMany(metric => (string[])[metric, Measured + metric]).Where(metric => log.Any(step => Has(step, metric)))
            .ToArray();
        foreach (var metric in lines) Draw(plot, metric, log);
        // Beside the lines it would cover them. A single line is what the title says.
        if (lines.Length > 1) plot.ShowLegend(Edge.Bottom);
        else plot.HideLegend();
    }

    static void Draw(Plot plot, string metric, IReadOnlyList<StepMetrics> log)
    {
        var points = log.Where(step => Has(step, metric)).ToArray();
        var line = plot.Add.Scatter(points.Select(step => (double)step.Step).ToArray(), points.Select(step => step[metric]).ToArray());
        line.LegendText = metric;
        line.MarkerSize = points.Length == 1 || metric.StartsWith(Measured, StringComparison.Ordinal) ? 5 : 0;
    }

    static bool Has(StepMetrics step, string metric) => step.Values.TryGetValue(metric, out var value) && double.IsFinite(value);
}
