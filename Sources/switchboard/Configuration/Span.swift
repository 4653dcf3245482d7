import ArgumentParser

/// Spans of time as people write them.
enum Span {
    private static let units: [(letter: Character, milliseconds: Int64)] = [
        ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000),
    ]

    /// Milliseconds of `0s`, `90s`, `15m`, `24h`, `2d` or `1h30m`: each unit once, the longest first; nil for anything
    /// else, and for more than a million of a unit.
    static func milliseconds(_ text: String) -> Int64? {
        var (sum, digits, units) = (Int64(0), "", Self.units[...])
        for letter in text {
            if letter.isASCII, letter.isNumber {
                digits.append(letter)
                continue
            }
            guard let unit = units.first(where: { $0.letter == letter }), let count = Int64(digits),
                count <= 1_000_000
            else { return nil }
            sum += count * unit.milliseconds
            units = units.drop { $0.milliseconds >= unit.milliseconds }
            digits = ""
        }
        return digits.isEmpty && !text.isEmpty ? sum : nil
    }

    /// How somebody may have meant `15 min`, `2 hours` or `90 Sec`; nil when nobody can tell.
    static func suggestion(for text: String) -> String? {
        let letters = text.lowercased().filter { !$0.isWhitespace }
        let digits = letters.prefix { $0.isASCII && $0.isNumber }
        let word = letters.dropFirst(digits.count)
        let words: [(String, String)] = [
            ("d", "day days д дн день дня дней"), ("h", "hr hrs hour hours ч час часа часов"),
            ("m", "min mins minute minutes м мин минут"), ("s", "sec secs second seconds с сек секунд"),
        ]
        let unit = words.first { $0.0 == word || $0.1.split(separator: " ").contains { $0 == word } }
        guard !digits.isEmpty, let unit else { return nil }
        return "\(digits)\(unit.0)"
    }

    /// - Throws: `ValidationError` when it is no span of time; it says how one is written.
    static func check(_ text: String) throws(ValidationError) {
        guard milliseconds(text) == nil else { return }
        let hint = suggestion(for: text).map { "; did you mean `\($0)`?" } ?? ""
        throw ValidationError("`\(text)` is no span of time: write it as 90s, 15m, 24h, 2d or 1h30m\(hint)")
    }

    /// As short as it can be: `1h30m`; what is no whole second is in milliseconds.
    static func text(_ milliseconds: Int64) -> String {
        guard milliseconds % 1_000 == 0, milliseconds > 0 else {
            return milliseconds == 0 ? "0s" : "\(milliseconds) ms"
        }
        var (rest, text) = (milliseconds, "")
        for unit in units where rest >= unit.milliseconds {
            // 36 hours are what somebody wrote rather than a day and twelve of them.
            if unit.letter == "d", rest % unit.milliseconds != 0 { continue }
            text += "\(rest / unit.milliseconds)\(unit.letter)"
            rest %= unit.milliseconds
        }
        return text
    }
}
