package import Promises
package import Tickets

/// What the desk writes to customers by itself when it is about to break a promise to them.
///
/// It tells no new time, because nobody knows one.
package struct DelayNotice: Hashable, Sendable {
    /// In the customer's language where there is one, else the first.
    package var texts: [Text]
    /// By which customers can be written to.
    package var channels: [Name]
    /// Tickets that come with one of these are of machines, which nobody writes to.
    package var exceptTags: [String]

    package struct Text: Hashable, Sendable {
        /// Nil for the only text, which is for everybody.
        package var language: Language?
        /// `{number}` stands for the ticket's number, `{time}` for when the promise is due on the desk's wall clock.
        package var text: String

        package init(_ language: Language?, _ text: String) {
            self.language = language
            self.text = text
        }
    }

    package init(texts: [Text], channels: [Name], exceptTags: [String] = []) {
        self.texts = texts
        self.channels = channels
        self.exceptTags = exceptTags
    }

    /// Whom to write to about a new ticket; nil for nobody.
    func addressee(of submission: Submission, _ limits: Limits) -> TicketPromises.Addressee? {
        guard channels.contains(submission.channel) else { return nil }
        let isOfMachine = submission.tags.contains { tag in exceptTags.contains { $0.isSameText(as: tag) } }
        if isOfMachine { return nil }
        guard texts.count > 1 else { return TicketPromises.Addressee() }
        let words = [submission.subject, submission.body].map { Words($0, most: limits.ruleTextMax) }
        return TicketPromises.Addressee(language: Language(of: words))
    }

    /// The text for a language, with its places filled in.
    package func text(
        _ language: Language?, _ number: TicketNumber, due: Moment, _ zone: ZoneOffsets
    ) -> String? {
        guard let text = texts.first(where: { $0.language == language }) ?? texts.first else { return nil }
        let (day, minute) = zone.wallClock(at: due)
        return Self.fill(
            text.text, ["{number}": "\(number)", "{time}": "\(day) \(Self.clock(minute))"])
    }

    /// A text with its places filled in, in one pass over its bytes.
    private static func fill(_ text: String, _ values: KeyValuePairs<String, String>) -> String {
        var filled = ""
        var rest = text[...]
        while let brace = rest.utf8.firstIndex(of: UInt8(ascii: "{")) {
            filled += rest[..<brace]
            let place = values.first { rest[brace...].utf8.starts(with: $0.key.utf8) }
            filled += place?.value ?? "{"
            rest = rest[rest.utf8.index(brace, offsetBy: place?.key.utf8.count ?? 1)...]
        }
        return filled + rest
    }

    private static func clock(_ minute: Int) -> String {
        let (hours, minutes) = (String(minute / 60), String(minute % 60))
        return (hours.utf8.count < 2 ? "0" : "") + hours + (minutes.utf8.count < 2 ? ":0" : ":") + minutes
    }
}

extension DelayNotice {
    /// What keeps it from being a desk's; see ``DeskSettings/flaws``.
    func flaws(_ limits: Limits) -> [SettingsFlaw] {
        var flaws: [SettingsFlaw] = []
        func add(_ key: String, _ reason: String) {
            flaws.append(SettingsFlaw("delay-notice.\(key)", reason))
        }
        if channels.isEmpty {
            add("channels", "name the channels by which customers can be written to")
        }
        if texts.isEmpty { add("text", "a notice says something") }
        for (index, text) in texts.enumerated() {
            let key = text.language.map { "text.\($0.word)" } ?? "text"
            let isAgain = texts[..<index].contains { $0.language == text.language }
            if isAgain || text.language == nil && texts.count > 1 {
                add(key, "there is one text for all, or one for each language")
            }
            if text.text.isBlank { add(key, "a notice says something") }
            // What stands for a place is shorter than the reserve.
            if text.text.utf8.count > limits.textBytesMax / 2 {
                add(key, "a notice has at most \(limits.textBytesMax / 2) bytes")
            }
            for place in Self.places(in: text.text) where !["{number}", "{time}"].contains(place) {
                add(key, "there is no `\(place)`; a notice may have `{number}` and `{time}`")
            }
        }
        return flaws
    }

    /// What stands in braces.
    private static func places(in text: String) -> [String] {
        text.split(separator: "{", omittingEmptySubsequences: false).dropFirst().compactMap { part in
            part.firstIndex(of: "}").map { "{\(part[...$0])" }
        }
    }
}

extension Language {
    /// The language of some texts' letters; nil when they have as many of one kind as of the other.
    init?(of texts: [Words]) {
        let cyrillic = texts.reduce(0) { $0 + $1.cyrillicLetters }
        let latin = texts.reduce(0) { $0 + $1.latinLetters }
        if cyrillic == latin { return nil }
        self = cyrillic > latin ? .russian : .english
    }
}
