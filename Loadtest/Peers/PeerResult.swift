/// What one measurement of one peer showed.
package struct PeerResult: Sendable, Codable {
    package var system: String
    package var version: String
    package var durability: String
    package var isDurable: Bool
    /// `plain`, or `best` with its connections on each side.
    package var arrangement: String
    /// The producer's connections.
    package var producers: Int
    /// The taker's connections.
    package var takers: Int
    package var outstanding: Int
    package var seats: Int
    /// Put, taken and done, each exactly once.
    package var lifecycles: Int
    /// From the first put to the last done acknowledged.
    package var seconds: Double
    package var lifecyclesPerSecond: Double
    /// From a put's last byte handed to the connection until its acknowledgement was read.
    package var putP50Ms: Double
    package var putP99Ms: Double
    package var putMaxMs: Double
    /// From a job read off the connection until its done was acknowledged.
    package var doneP50Ms: Double
    package var doneP99Ms: Double
}

/// A peer's result, or why there is none. One that failed does not keep the others from being measured.
package enum PeerOutcome: Sendable {
    case measured(PeerResult)
    case failed(system: String, reason: String)

    /// Takes what `measure` throws as the reason.
    package init(of system: any PeerSystem, _ measure: () throws -> PeerResult) {
        do {
            self = .measured(try measure())
        } catch {
            self = .failed(system: system.name, reason: "\(error)")
        }
    }
}
