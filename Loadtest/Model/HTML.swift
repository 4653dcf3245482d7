import Foundation

/// Text and numbers as they stand in a page.
enum HTML {
    static func text(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// A sentence in which words between backticks are a program's.
    static func prose(_ sentence: String) -> String {
        sentence.split(separator: "`", omittingEmptySubsequences: false).enumerated().map { index, part in
            index % 2 == 1 ? "<code>\(text(String(part)))</code>" : text(String(part))
        }.joined()
    }

    /// A coordinate.
    static func number(_ value: Double) -> String {
        let rounded = (value * 10).rounded() / 10
        return rounded == rounded.rounded() ? String(Int(rounded)) : String(rounded)
    }

    /// For people: 1.2M, 35k, 12, 0.4.
    static func short(_ value: Double) -> String {
        func scaled(_ unit: Double, _ suffix: String) -> String { trimmed(value / unit) + suffix }
        return switch abs(value) {
        case 1e6...: scaled(1e6, "M")
        case 1e4...: scaled(1e3, "k")
        default: trimmed(value)
        }
    }

    /// With thousands apart: 1,234,567.
    static func count(_ value: Int) -> String {
        var digits = String(abs(value))
        var groups: [String] = []
        while digits.utf8.count > 3 {
            groups.insert(String(digits.suffix(3)), at: 0)
            digits.removeLast(3)
        }
        return (value < 0 ? "-" : "") + ([digits] + groups).joined(separator: ",")
    }

    static func milliseconds(_ value: Double) -> String {
        switch value {
        case ..<10: String(format: "%.2f", value)
        case ..<100: String(format: "%.1f", value)
        default: count(Int(value.rounded()))
        }
    }

    private static func trimmed(_ value: Double) -> String {
        let digits = abs(value) >= 100 || value == value.rounded() ? 0 : abs(value) >= 1 ? 1 : 2
        return String(format: "%.\(digits)f", value)
    }

    /// A table whose first column is words and the rest numbers.
    static func table(_ headings: [String], _ rows: [[String]]) -> String {
        guard !rows.isEmpty else { return "" }
        let head = headings.map { "<th>\(text($0))</th>" }.joined()
        let body = rows.map { row in "<tr>" + row.map { "<td>\(text($0))</td>" }.joined() + "</tr>" }
        return
            "<div class=\"wide\"><table><thead><tr>\(head)</tr></thead><tbody>\(body.joined())</tbody></table></div>\n"
    }
}
