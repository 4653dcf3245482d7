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
        submission.addressee(by: channels, except: exceptTags, inLanguages: texts.count > 1, limits)
    }

    /// The text for a language, with its places filled in.
    package func text(
        _ language: Language?, _ number: TicketNumber, due: Moment, _ zone: ZoneOffsets
    ) -> String? {
        texts.text(in: language)?.filled([.number: "\(number)", .time: zone.clock(at: due)])
    }
}

extension DelayNotice {
    /// What keeps it from being a desk's; see ``DeskSettings/flaws``.
    func flaws(_ limits: Limits) -> [SettingsFlaw] {
        var flaws: [SettingsFlaw] = []
        func add(_ key: String, _ reason: String) {
            flaws.append(SettingsFlaw("delay-notice.\(key)", reason))
        }
        if channels.isEmpty { add("channels", "name the channels by which customers can be written to") }
        if texts.isEmpty { add("text", "a notice says something") }
        return flaws + texts.flaws("delay-notice.text", [.number, .time], limits)
    }
}
