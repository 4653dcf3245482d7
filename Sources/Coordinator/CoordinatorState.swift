import Synchronization

/// What the socket's thread writes and everybody reads.
///
/// Readers take a copy and work on that, so a slow one does not hold the thread up.
final class CoordinatorState: Sendable {
    private let ledger = Mutex(Ledger())

    var copy: Ledger { ledger.withLock { $0 } }

    func change<Value: Sendable>(_ body: (inout Ledger) -> Value) -> Value {
        ledger.withLock { body(&$0) }
    }
}
