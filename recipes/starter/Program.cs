// The commands of the starter's recipe, as train.sh calls them: rows and pairs to train on, held-out items, scores.
using System.Globalization;
using Majlis.recipes.starter.Rows;
using Majlis.recipes.starter.Scoring;
using Majlis.Text;

try
{
    return await RunAsync(args);
}
catch (Exception wrong)
    when (wrong is ModelFormatException or IOException or UnauthorizedAccessException or ArgumentException or FormatException)
{
    Console.Error.WriteLine(wrong.Message);
    return 1;
}

static async Task<int> RunAsync(string[] args)
{
    switch (args)
    {
        case ["rows", var mixture, var count, var seed, var file]:
            JsonLines.Write(file, TrainingRows.Conversations(Mixture.Named(mixture), Seed(seed), Count(count)));
            return 0;
        case ["pairs", var mixture, var count, var seed, var file]:
            JsonLines.Write(file, TrainingRows.Pairs(Mixture.Named(mixture), Seed(seed), Count(count)));
            return 0;
        case ["held-out", var file]:
            JsonLines.Write(file, HeldOutItems.Make());
            return 0;
        case ["tasks", var file]:
            JsonLines.Write(file, TaskRows.Of(HeldOutItems.Read()));
            return 0;
        case ["show", var mixture, var count, var seed, var folder]:
            SampleCommand.Run(mixture, Count(count), Seed(seed), folder);
            return 0;
        case ["score", var model, .. { Length: <= 2 } files]:
            await ScoreCommand.RunAsync(model, files.ElementAtOrDefault(0), files.ElementAtOrDefault(1));
            return 0;
        case ["best", .. { Length: > 0 } files]:
            Console.WriteLine(ScoreFile.Best(files).Model);
            return 0;
        case ["manifest", var work, var chosen, var file]:
            RecipeManifest.Write(work, chosen, file);
            return 0;
        default:
            Console.Error.WriteLine($"""
                usage: rows MIXTURE COUNT SEED FILE       conversations to train on; the mixtures are {Mixture.All}
                       pairs MIXTURE COUNT SEED FILE      right and wrong answers for DPO
                       held-out FILE                      the held-out items anew
                       tasks FILE                         the held-out items as the trainer's gate takes them
                       show MIXTURE COUNT SEED FOLDER     items to read, and their tokens with FOLDER's tokenizer and template
                       score MODEL [JSON [ANSWERS]]       asks a model all held-out items
                       best JSON...                       the model with the best of these scores, the first of equal ones
                       manifest WORK CHOSEN FILE          one record of all stages and scores
                """);
            return 2;
    }
}

static int Count(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count
    : throw new ArgumentException($"COUNT is '{text}'; a whole number was expected.");

static ulong Seed(string text) => ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seed) ? seed
    : throw new ArgumentException($"SEED is '{text}'; a whole number was expected.");
