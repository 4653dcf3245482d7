/// One line of the text format that is not a remark.
struct PrometheusSample {
    var name: String
    var labels: [String: String]
    var value: Double
}

struct NotPrometheus: Error {
    var line: String
}

/// Reads the text format as a scraper does, on bytes; refuses families whose TYPE is missing or given twice.
func parsePrometheus(_ text: String) throws -> [PrometheusSample] {
    var types: [String: String] = [:]
    var samples: [PrometheusSample] = []
    for line in text.utf8.split(separator: UInt8(ascii: "\n")) {
        let words = line.split(separator: UInt8(ascii: " "))
        if line.first == UInt8(ascii: "#") {
            let comment = String(Substring(line))
            guard words.count >= 3 else { throw NotPrometheus(line: comment) }
            guard Array(words[1]) == Array("TYPE".utf8) else { continue }
            let name = String(Substring(words[2]))
            guard words.count == 4, types[name] == nil else { throw NotPrometheus(line: comment) }
            types[name] = String(Substring(words[3]))
            continue
        }
        let sample = try parseSample(Array(line))
        let family =
            types[sample.name] != nil
            ? sample.name
            : ["_bucket", "_sum", "_count"].lazy.filter { sample.name.hasSuffix($0) }
                .map { String(sample.name.dropLast($0.count)) }.first ?? ""
        guard let type = types[family] else { throw NotPrometheus(line: sample.name) }
        if type == "counter" {
            guard family.hasSuffix("_total") else { throw NotPrometheus(line: sample.name) }
        }
        samples.append(sample)
    }
    return samples
}

private func parseSample(_ bytes: [UInt8]) throws -> PrometheusSample {
    let broken = NotPrometheus(line: String(decoding: bytes, as: UTF8.self))
    var index = 0
    func take(until ends: [Character]) -> String {
        let stops = ends.compactMap(\.asciiValue)
        let start = index
        while index < bytes.count, !stops.contains(bytes[index]) { index += 1 }
        return String(decoding: bytes[start..<index], as: UTF8.self)
    }
    let name = take(until: ["{", " "])
    var labels: [String: String] = [:]
    if index < bytes.count, bytes[index] == UInt8(ascii: "{") {
        repeat {
            index += 1
            let key = take(until: ["="])
            index += 1
            guard index < bytes.count, bytes[index] == UInt8(ascii: "\"") else { throw broken }
            index += 1
            var value: [UInt8] = []
            while index < bytes.count, bytes[index] != UInt8(ascii: "\"") {
                if bytes[index] == UInt8(ascii: "\\") {
                    index += 1
                    guard index < bytes.count else { throw broken }
                    value.append(bytes[index] == UInt8(ascii: "n") ? UInt8(ascii: "\n") : bytes[index])
                } else {
                    value.append(bytes[index])
                }
                index += 1
            }
            index += 1
            guard index < bytes.count, labels[key] == nil else { throw broken }
            labels[key] = String(decoding: value, as: UTF8.self)
        } while bytes[index] == UInt8(ascii: ",")
        guard bytes[index] == UInt8(ascii: "}") else { throw broken }
        index += 1
    }
    guard index < bytes.count, bytes[index] == UInt8(ascii: " "),
        let value = Double(String(decoding: bytes[(index + 1)...], as: UTF8.self))
    else { throw broken }
    return PrometheusSample(name: name, labels: labels, value: value)
}
