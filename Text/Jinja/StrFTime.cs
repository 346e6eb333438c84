// strftime in the C locale, as Python's datetime does it on Linux.
using System.Globalization;
using System.Text;

namespace Majlis.Text.Jinja;

static class StrFTime
{
    public static string Format(DateTimeOffset time, string format)
    {
        var result = new StringBuilder();
        for (var i = 0; i < format.Length; i++)
        {
            if (format[i] != '%' || i + 1 == format.Length)
            {
                result.Append(format[i]);
                continue;
            }
            i++;
            var flag = format[i] is '-' or '_' or '0' or '^' && i + 1 < format.Length ? format[i++] : '\0';
            result.Append(Flagged(Field(time, format[i]), flag));
        }
        return result.ToString();
    }

    // glibc's flags: no padding, padding with spaces or zeros, capitals.
    static string Flagged(string text, char flag)
    {
        if (flag == '^') return text.ToUpperInvariant();
        if (flag == '\0' || text.Length < 2) return text;
        var number = text.TrimStart('0', ' ');
        if (number.Length == 0) number = "0";
        return flag == '-' ? number : number.PadLeft(text.Length, flag == '0' ? '0' : ' ');
    }

    static string Field(DateTimeOffset time, char letter) => letter switch
    {
        'a' => Net(time, "ddd"),
        'A' => Net(time, "dddd"),
        'b' or 'h' => Net(time, "MMM"),
        'B' => Net(time, "MMMM"),
        'c' => Net(time, "ddd MMM ") + time.Day.ToString(CultureInfo.InvariantCulture).PadLeft(2) + Net(time, " HH:mm:ss yyyy"),
        'C' => Padded(time.Year / 100, 2),
        'd' => Net(time, "dd"),
        'D' or 'x' => Net(time, "MM'/'dd'/'yy"),
        'e' => time.Day.ToString(CultureInfo.InvariantCulture).PadLeft(2),
        'f' => Net(time, "ffffff"),
        'F' => Net(time, "yyyy'-'MM'-'dd"),
        'G' => Padded(ISOWeek.GetYear(time.DateTime), 4),
        'H' => Net(time, "HH"),
        'I' => Net(time, "hh"),
        'j' => Padded(time.DayOfYear, 3),
        'k' => time.Hour.ToString(CultureInfo.InvariantCulture).PadLeft(2),
        'l' => Net(time, "%h").PadLeft(2),
        'm' => Net(time, "MM"),
        'M' => Net(time, "mm"),
        'n' => "\n",
        'p' => time.Hour < 12 ? "AM" : "PM",
        'P' => time.Hour < 12 ? "am" : "pm",
        'r' => Net(time, "hh':'mm':'ss") + (time.Hour < 12 ? " AM" : " PM"),
        'R' => Net(time, "HH':'mm"),
        's' => time.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture),
        'S' => Net(time, "ss"),
        't' => "\t",
        'T' or 'X' => Net(time, "HH':'mm':'ss"),
        'u' => time.DayOfWeek == DayOfWeek.Sunday ? "7" : Padded((int)time.DayOfWeek, 1),
        'U' => Padded((time.DayOfYear + 6 - (int)time.DayOfWeek) / 7, 2),
        'V' => Padded(ISOWeek.GetWeekOfYear(time.DateTime), 2),
        'w' => Padded((int)time.DayOfWeek, 1),
        'W' => Padded((time.DayOfYear + 6 - ((int)time.DayOfWeek + 6) % 7) / 7, 2),
        'y' => Net(time, "yy"),
        'Y' => Net(time, "yyyy"),
        // A naive datetime has no zone.
        'z' or 'Z' => "",
        '%' => "%",
        _ => "%" + letter,
    };

    static string Net(DateTimeOffset time, string format) => time.ToString(format, CultureInfo.InvariantCulture);

    static string Padded(int number, int digits) => number.ToString("D" + digits, CultureInfo.InvariantCulture);
}
