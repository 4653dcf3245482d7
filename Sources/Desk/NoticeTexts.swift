import Promises
import Tickets

/// What may stand for something in a text that the desk writes to customers by itself.
enum NoticePlace: String, CaseIterable {
    /// The ticket's number.
    case number = "{number}"
    /// When an answer is promised, on the desk's wall clock.
    case time = "{time}"
    /// When somebody will be there.
    case opens = "{opens}"
    /// What the request should have said.
    case fields = "{fields}"
}

extension Submission {
    /// Whom the desk may write to by itself about it, and in which language if it writes in several; nil for nobody:
    /// where customers cannot be written to, and where a tag says that it is a machine's.
    func addressee(
        by channels: [Name], except tags: [String], inLanguages: Bool, _ limits: Limits
    ) -> TicketPromises.Addressee? {
        guard channels.contains(channel) else { return nil }
        let isOfMachine = self.tags.contains { tag in tags.contains { $0.isSameText(as: tag) } }
        if isOfMachine { return nil }
        guard inLanguages else { return TicketPromises.Addressee() }
        let words = [subject, body].map { Words($0, most: limits.ruleTextMax) }
        return TicketPromises.Addressee(language: Language(of: words))
    }
}

extension [DelayNotice.Text] {
    /// The text in a language, else the first; nil when there is none.
    func text(in language: Language?) -> String? {
        (first { $0.language == language } ?? first)?.text
    }

    /// What keeps them from being a notice's, of which only some places may stand in it.
    func flaws(_ key: String, _ places: [NoticePlace], _ limits: Limits) -> [SettingsFlaw] {
        var flaws: [SettingsFlaw] = []
        for (index, text) in enumerated() {
            let key = text.language.map { "\(key).\($0.word)" } ?? key
            func add(_ reason: String) { flaws.append(SettingsFlaw(key, reason)) }
            let isAgain = self[..<index].contains { $0.language == text.language }
            if isAgain || text.language == nil && count > 1 {
                add("there is one text for all, or one for each language")
            }
            if text.text.isBlank { add("a notice says something") }
            // What stands for a place is shorter than the reserve.
            if text.text.utf8.count > limits.textBytesMax / 2 {
                add("a notice has at most \(limits.textBytesMax / 2) bytes")
            }
            let known = places.map(\.rawValue)
            for place in text.text.noticePlaces where !known.contains(place) {
                let list = known.map { "`\($0)`" }.joined(separator: " and ")
                add("there is no `\(place)`; a notice may have \(list)")
            }
        }
        return flaws
    }

    func have(_ place: NoticePlace) -> Bool { contains { $0.text.has(place) } }
}

extension String {
    func has(_ place: NoticePlace) -> Bool { noticePlaces.contains(place.rawValue) }

    /// What stands in braces.
    fileprivate var noticePlaces: [String] {
        split(separator: "{", omittingEmptySubsequences: false).dropFirst().compactMap { part in
            part.firstIndex(of: "}").map { "{\(part[...$0])" }
        }
    }

    /// The text with its places filled in, in one pass over its bytes.
    func filled(_ values: KeyValuePairs<NoticePlace, String>) -> String {
        var filled = ""
        var rest = self[...]
        while let brace = rest.utf8.firstIndex(of: UInt8(ascii: "{")) {
            filled += rest[..<brace]
            let place = values.first { rest[brace...].utf8.starts(with: $0.key.rawValue.utf8) }
            filled += place?.value ?? "{"
            rest = rest[rest.utf8.index(brace, offsetBy: place?.key.rawValue.utf8.count ?? 1)...]
        }
        return filled + rest
    }
}

extension ZoneOffsets {
    /// Day and time on the wall: `2026-11-23 09:30`.
    func clock(at moment: Moment) -> String {
        let (day, minute) = wallClock(at: moment)
        let (hours, minutes) = (String(minute / 60), String(minute % 60))
        return "\(day) " + (hours.utf8.count < 2 ? "0" : "") + hours + (minutes.utf8.count < 2 ? ":0" : ":")
            + minutes
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
