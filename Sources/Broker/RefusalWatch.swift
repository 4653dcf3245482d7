import Keys
import Logging
import Synchronization
import ZeroMQ

/// Tells of connections that were not let in, without letting those who knock fill the log. Any thread.
///
/// A peer with a wrong key tries again ten times a second, for ever: of each address one line a minute is written,
/// which says how often.
final class RefusalWatch: Sendable {
    private struct Knocks {
        var count = 0
        var saidMilliseconds: Int64
    }

    private struct State {
        var knocks: [String: Knocks] = [:]
        /// Those who knock because they were sent to are not told of.
        var isTrial = false
    }

    private static let quietMilliseconds: Int64 = 60_000
    /// Addresses that are told apart; all others together are one more.
    private static let addressesMax = 1_024

    private let logger: Logger
    private let audit: AuditLog?
    private let state = Mutex(State())

    init(logger: Logger, audit: AuditLog?) {
        self.logger = logger
        self.audit = audit
    }

    /// Runs a trial of the lock, whose refusals are nobody's business.
    func during(_ trial: () throws -> Void) rethrows {
        state.withLock { $0.isTrial = true }
        defer { state.withLock { $0.isTrial = false } }
        try trial()
    }

    func take(_ refusal: ZapRefusal, nowMilliseconds now: Int64 = DeskClock.microseconds / 1_000) {
        guard let count = countToTell(refusal.address, now) else { return }
        let times = count == 1 ? "" : ", \(count) times since the last such line"
        let key = refusal.key.map { ", with the public key \($0.text)" } ?? ""
        audit?.record(.connectionRefused, who: refusal.address, "\(refusal.reason)\(key)\(times)")
        logger.notice("a connection from \(refusal.address) was refused: \(refusal.reason)\(times)")
    }

    /// How many refusals are to be told of now; nil when this one waits.
    private func countToTell(_ address: String, _ now: Int64) -> Int? {
        state.withLock { state in
            guard !state.isTrial else { return nil }
            if state.knocks.count >= Self.addressesMax {
                state.knocks = state.knocks.filter {
                    now - $0.value.saidMilliseconds < Self.quietMilliseconds
                }
            }
            let isOneOfMany = state.knocks[address] == nil && state.knocks.count >= Self.addressesMax
            let key = isOneOfMany ? "" : address
            var entry = state.knocks[key] ?? Knocks(saidMilliseconds: now - Self.quietMilliseconds)
            entry.count += 1
            defer { state.knocks[key] = entry }
            guard now - entry.saidMilliseconds >= Self.quietMilliseconds else { return nil }
            let count = entry.count
            entry = Knocks(saidMilliseconds: now)
            return count
        }
    }
}
