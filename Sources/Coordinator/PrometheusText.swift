/// Writes metrics in Prometheus's text format 0.0.4.
///
/// One family at a time: its HELP and TYPE, then its samples. All escaping works on bytes: `"` followed by a
/// combining mark is one Character in Swift, and would go through unescaped.
/// Source: https://prometheus.io/docs/instrumenting/exposition_formats/
package struct PrometheusText: Sendable {
    /// Samples with labels in one family. What is beyond is added up in one sample labelled `other`.
    package static let labelValuesMax = 10_000
    package static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    package enum Kind: String, Sendable {
        case counter
        case gauge
    }

    /// Labels with their values, in the order in which they are written.
    package typealias Labels = KeyValuePairs<String, String>

    private var bytes: [UInt8] = []

    package init() {}

    package var text: String { String(decoding: bytes, as: UTF8.self) }

    /// A family without labels.
    package mutating func add(_ name: String, _ kind: Kind, _ help: String, _ value: Double) {
        head(name, kind.rawValue, help)
        sample(name, [], value)
    }

    /// A family with labels; nothing at all when it has no samples.
    package mutating func add(
        _ name: String, _ kind: Kind, _ help: String, _ samples: [(labels: Labels, value: Double)]
    ) {
        guard let first = samples.first else { return }
        head(name, kind.rawValue, help)
        let (kept, rest) = Self.split(samples)
        for (labels, value) in kept { sample(name, Array(labels), value) }
        guard !rest.isEmpty else { return }
        sample(name, Self.other(first.labels), rest.reduce(0) { $0 + $1.value })
    }

    /// A family of histograms, observed in microseconds and told in seconds.
    package mutating func add(
        _ name: String, _ help: String, _ samples: [(labels: Labels, value: Latencies)],
        bucketsMicroseconds: [UInt64] = PrometheusText.bucketsMicroseconds
    ) {
        guard let first = samples.first else { return }
        head(name, "histogram", help)
        let (kept, rest) = Self.split(samples)
        for (labels, latencies) in kept { histogram(name, Array(labels), latencies, bucketsMicroseconds) }
        guard !rest.isEmpty else { return }
        var sum = Latencies()
        for (_, latencies) in rest { sum.add(latencies) }
        histogram(name, Self.other(first.labels), sum, bucketsMicroseconds)
    }

    /// From 100 µs to an hour, about three in each power of ten.
    package static let bucketsMicroseconds: [UInt64] = [
        100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000,
        2_500_000, 5_000_000, 10_000_000, 30_000_000, 60_000_000, 300_000_000, 900_000_000, 3_600_000_000,
    ]

    /// A name that Prometheus takes: letters, digits and `_`, not beginning with a digit.
    package static func name(_ text: String) -> String {
        var bytes = text.utf8.map { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
                byte
            default: UInt8(ascii: "_")
            }
        }
        if bytes.first.map({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) ?? true {
            bytes.insert(UInt8(ascii: "_"), at: 0)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private mutating func histogram(
        _ name: String, _ labels: [(key: String, value: String)], _ latencies: Latencies, _ limits: [UInt64]
    ) {
        for (limit, count) in zip(limits, latencies.counts(upTo: limits)) {
            let limit = Self.number(Double(limit) / 1_000_000)
            sample(name + "_bucket", labels + [("le", limit)], Double(count))
        }
        let total = Double(latencies.total)
        sample(name + "_bucket", labels + [("le", "+Inf")], total)
        sample(name + "_sum", labels, latencies.sumMicroseconds / 1_000_000)
        sample(name + "_count", labels, total)
    }

    private static func split<Value>(
        _ samples: [(labels: Labels, value: Value)]
    ) -> (kept: ArraySlice<(labels: Labels, value: Value)>, rest: ArraySlice<(labels: Labels, value: Value)>)
    {
        guard samples.count > labelValuesMax else { return (samples[...], []) }
        return (samples.prefix(labelValuesMax - 1), samples.dropFirst(labelValuesMax - 1))
    }

    private static func other(_ labels: Labels) -> [(key: String, value: String)] {
        labels.map { ($0.key, "other") }
    }

    private mutating func head(_ name: String, _ type: String, _ help: String) {
        put("# HELP \(name) ")
        putEscaped(help, quote: false)
        put("\n# TYPE \(name) \(type)\n")
    }

    private mutating func sample(_ name: String, _ labels: [(key: String, value: String)], _ value: Double) {
        put(name)
        for (index, label) in labels.enumerated() {
            put(index == 0 ? "{" : ",")
            put(label.key)
            put("=\"")
            putEscaped(label.value, quote: true)
            put("\"")
        }
        put(labels.isEmpty ? " " : "} ")
        put(Self.number(value))
        put("\n")
    }

    /// Whole numbers without a fraction; the format's own words for what is no number.
    private static func number(_ value: Double) -> String {
        if let whole = Int64(exactly: value), abs(value) < 9_007_199_254_740_992 { return String(whole) }
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value > 0 ? "+Inf" : "-Inf" }
        return "\(value)"
    }

    private mutating func put(_ text: String) { bytes.append(contentsOf: text.utf8) }

    private mutating func putEscaped(_ text: String, quote: Bool) {
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\\"): put("\\\\")
            case UInt8(ascii: "\n"): put("\\n")
            case UInt8(ascii: "\"") where quote: put("\\\"")
            default: bytes.append(byte)
            }
        }
    }
}
