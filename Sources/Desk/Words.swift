/// The words of a text as rules compare them: in small letters, `ё` as `е`, parted by whatever is no letter or digit.
///
/// Without any locale, so that a log means the same on every machine. Words are compared by canonical equivalence: an
/// accent may stand for itself or be a part of its letter.
struct Words: Sendable {
    /// As they come.
    private(set) var inOrder: [String] = []
    /// Each with its place, in order of the words.
    private var sorted: [(word: String, place: Int)] = []
    private(set) var cyrillicLetters = 0
    private(set) var latinLetters = 0

    /// Reads at most so many scalars of a text.
    init(_ text: String, most: Int) {
        var word = String.UnicodeScalarView()
        for scalar in text.unicodeScalars.prefix(most) {
            if Self.append(scalar, to: &word) {
                count(scalar)
            } else if !word.isEmpty {
                inOrder.append(String(word))
                word.removeAll(keepingCapacity: true)
            }
        }
        if !word.isEmpty { inOrder.append(String(word)) }
        sorted = inOrder.enumerated().map { ($1, $0) }.sorted { $0 < $1 }
    }

    func contains(_ pattern: WordPattern) -> Bool {
        guard let first = pattern.parts.first else { return false }
        var index = firstIndex(notBefore: first.text)
        // All that begin with the same letters stand side by side.
        while index < sorted.count, sorted[index].word.hasPrefix(first.text) {
            if matches(pattern, at: sorted[index].place) { return true }
            index += 1
        }
        return false
    }

    private func matches(_ pattern: WordPattern, at place: Int) -> Bool {
        guard place + pattern.parts.count <= inOrder.count else { return false }
        return zip(pattern.parts, inOrder[place...]).allSatisfy { part, word in
            part.isStem ? word.hasPrefix(part.text) : word == part.text
        }
    }

    private func firstIndex(notBefore word: String) -> Int {
        var (low, high) = (0, sorted.count)
        while low < high {
            let middle = (low + high) / 2
            if sorted[middle].word < word { low = middle + 1 } else { high = middle }
        }
        return low
    }

    private mutating func count(_ scalar: Unicode.Scalar) {
        switch scalar.value {
        case 0x41...0x5a, 0x61...0x7a, 0xc0...0x24f: latinLetters += 1
        case 0x400...0x4ff: cyrillicLetters += 1
        default: break
        }
    }

    /// - Returns: Whether the scalar is part of a word.
    private static func append(_ scalar: Unicode.Scalar, to word: inout String.UnicodeScalarView) -> Bool {
        switch scalar.value {
        case 0x30...0x39, 0x61...0x7a: word.append(scalar)
        case 0x41...0x5a, 0x410...0x42f: append(scalar.value + 32, to: &word)
        case 0..<0x80: return false
        // ё, which many write as е: as one scalar, or with the dots after it.
        case 0x401, 0x451: append(0x435, to: &word)
        case 0x308 where word.last?.value == 0x435: break
        case 0x430...0x44f: word.append(scalar)
        default:
            let properties = scalar.properties
            guard
                properties.isAlphabetic || properties.numericType != nil
                    || properties.generalCategory == .nonspacingMark
            else { return false }
            word.append(contentsOf: properties.lowercaseMapping.unicodeScalars)
        }
        return true
    }

    private static func append(_ value: UInt32, to word: inout String.UnicodeScalarView) {
        if let scalar = Unicode.Scalar(value) { word.append(scalar) }
    }
}

/// One or more words that stand side by side in a text; a `*` after one stands for any ending.
package struct WordPattern: Hashable, Sendable {
    struct Part: Hashable, Sendable {
        var text: String
        /// Whether words that go on after it fit, too.
        var isStem: Bool
    }

    /// As a person wrote it.
    package let text: String
    /// None when there is no word in it.
    let parts: [Part]

    package init(_ text: String) {
        self.text = text
        parts = text.split(whereSeparator: \.isWhitespace).flatMap { piece in
            var parts = Words(String(piece), most: .max).inOrder.map { Part(text: $0, isStem: false) }
            if piece.hasSuffix("*"), !parts.isEmpty { parts[parts.count - 1].isStem = true }
            return parts
        }
    }
}
