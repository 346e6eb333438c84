// A run as a picture for people: loss, rewards, accuracies and learning rate over the steps, as SVG. Knows metrics by TRL's names.
using Majlis.Trainer.Optimization;
using ScottPlot;
using SkiaSharp;

namespace Majlis.Trainer.Stages;

static class RunPicture
{
    const int Width = 1100, Height = 700;

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
        var drawn = 0;
        foreach (var metric in metrics)
        {
            var points = log.Where(step => Has(step, metric)).ToArray();
            if (points.Length == 0) continue;
            var line = plot.Add.Scatter(points.Select(step => (double)step.Step).ToArray(), points.Select(step => step[metric]).ToArray());
            line.LegendText = metric;
            line.MarkerSize = points.Length == 1 ? 5 : 0;
            drawn++;
        }
        if (drawn > 1) plot.ShowLegend();
    }

    static bool Has(StepMetrics step, string metric) => step.Values.TryGetValue(metric, out var value) && double.IsFinite(value);
}
