import Foundation

/// Whether the figures can be relied on now, and if not, why.
package struct CoordinatorHealth: Sendable, Codable, Equatable {
    /// `ok`, `broker-down`, `stale`, `mismatch` or `not-conserved`: the first that applies.
    package var status: String
    package var brokerUp: Bool
    package var stale: Bool
    package var reconciled: Bool
    package var conserved: Bool
    package var ageMs: Int64?

    package init(_ ledger: Ledger, at now: Int64) {
        brokerUp = ledger.brokerIsUp
        stale = ledger.isStale(at: now)
        reconciled = ledger.reconciliation.isOK
        conserved = ledger.isConserved ?? true
        ageMs = ledger.ageMilliseconds(at: now)
        let faults = [
            (!brokerUp, "broker-down"), (stale, "stale"), (!conserved, "not-conserved"),
            (!reconciled, "mismatch"),
        ]
        status = faults.first { $0.0 }?.1 ?? "ok"
    }

    /// A mismatch is an alarm about the figures, not about the service: it does not make this false.
    package var isHealthy: Bool { brokerUp && !stale }

    /// One object, keys in order.
    package var json: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        do {
            return String(decoding: try encoder.encode(self), as: UTF8.self)
        } catch {
            preconditionFailure("encoding \(self): \(error)")
        }
    }
}
