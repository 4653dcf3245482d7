package import Tickets

/// Of what customers write: shares of kinds, channels and priorities over real requests.
package struct RequestMix: Sendable {
    /// The file of requests, one JSON object a line; nil: the sample.
    package var file: String?
    /// How many customers write; each of them again and again.
    package var customers = 10_000
    /// Nil when the mix leaves them as they stand in the file.
    package var kinds: Weighted<String>?
    package var channels: Weighted<Name>?
    package var priorities: Weighted<Priority>?
    /// A share of requests that are one kind's, whatever the rest is.
    package var repeated: Repeated?

    package struct Repeated: Hashable, Sendable {
        package var kind: String
        package var share: Double

        package init(kind: String, share: Double) {
            (self.kind, self.share) = (kind, share)
        }
    }

    package init() {}
}

/// Draws requests.
package struct RequestDraw: Sendable {
    private let mix: RequestMix
    private let requests: [Submission]
    private let byKind: [String: [Int]]
    private var random: SeededGenerator

    /// - Throws: When the mix names a kind that no request has.
    package init(
        _ mix: RequestMix, from requests: [Submission], file: String, random: SeededGenerator
    ) throws(ScenarioError) {
        precondition(!requests.isEmpty, "a mix of no requests")
        self.mix = mix
        self.requests = requests
        self.random = random
        byKind = Dictionary(grouping: requests.indices) { requests[$0].kind ?? "" }
        let wanted = (mix.kinds?.values ?? []) + (mix.repeated.map { [$0.kind] } ?? [])
        for kind in wanted where byKind[kind] == nil {
            let hint = NearestWord.to(kind, among: Array(byKind.keys)).map { "; did you mean `\($0)`?" } ?? ""
            throw ScenarioError(file, line: nil, "no request is of the kind `\(kind)`\(hint)")
        }
    }

    package mutating func next() -> Submission {
        var submission = requests[index()]
        submission.customer = "customer\(random.next() % UInt64(mix.customers))@example.com"
        if let channel = mix.channels?.draw(&random) { submission.channel = channel }
        if let priority = mix.priorities?.draw(&random) { submission.priority = priority }
        return submission
    }

    private mutating func index() -> Int {
        if let repeated = mix.repeated, random.unit() < repeated.share { return one(of: repeated.kind) }
        if let kind = mix.kinds?.draw(&random) { return one(of: kind) }
        return Int(random.next() % UInt64(requests.count))
    }

    private mutating func one(of kind: String) -> Int {
        guard let indexes = byKind[kind] else { preconditionFailure("the kind \(kind) was checked") }
        return indexes[Int(random.next() % UInt64(indexes.count))]
    }
}
