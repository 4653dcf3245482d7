/// How long somebody who is granted a ticket of a line may take to accept it, by its channel: a chat cannot wait as long
/// as a letter.
package struct Offers: Hashable, Sendable {
    /// The time of one channel.
    package struct Term: Hashable, Sendable {
        package var channel: Name
        package var milliseconds: Int64

        package init(_ channel: Name, milliseconds: Int64) {
            self.channel = channel
            self.milliseconds = milliseconds
        }
    }

    /// Those that differ from ``others``.
    package var terms: [Term]
    /// The time of any other channel, in milliseconds.
    package var others: Int64

    package static let range: ClosedRange<Int64> = 1_000...86_400_000

    /// Half a minute for a chat, two for a ticket.
    package init(terms: [Term] = [Term("chat", milliseconds: 30_000)], others: Int64 = 120_000) {
        self.terms = terms
        self.others = others
    }

    /// For a ticket of a channel; nil stands for one that is not known.
    package func milliseconds(_ channel: Name?) -> Int64 {
        channel.flatMap { name in terms.first { $0.channel == name }?.milliseconds } ?? others
    }
}
