import Desk
import Tickets
import ZeroMQ

extension BrokerLoop {
    /// Tickets of each line and priority whose conversations are to be at hand: some tens of milliseconds of a
    /// broker at full speed, and reading them takes a few.
    private static var upcomingMax: Int { 1_024 }
    /// Claims after which it is looked again what comes next.
    private static var claimsPerLook: UInt64 { 256 }

    /// Has conversations read that are not in memory and will soon be granted: of a backlog longer than the memory
    /// for texts, or of one from before a restart. Tickets that came one after the other lie together in the view, so
    /// reading them ahead costs a fraction of reading each when it is granted.
    mutating func fetchAhead() {
        let census = exchange.desk.census
        guard !isFetching, texts.count < Int(census.open), census.claims >= nextLook else { return }
        nextLook = census.claims + Self.claimsPerLook
        let missing = exchange.upcoming(Self.upcomingMax).filter { !texts.contains($0) }
        guard !missing.isEmpty else { return }
        isFetching = true
        librarian.postAlways(.conversations(missing))
    }

    /// Takes in what was read, as far as it is still so: what happened to a ticket meanwhile is not in it.
    mutating func takeFetched(_ conversations: [(TicketNumber, revision: UInt32, Conversation)]) {
        isFetching = false
        for (number, revision, conversation) in conversations
        where exchange.desk.revision(of: number) == revision && !texts.contains(number) {
            texts.add(conversation, of: number)
        }
    }
}
