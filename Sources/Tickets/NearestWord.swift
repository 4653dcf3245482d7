/// The known word that somebody may have meant, for "did you mean".
package enum NearestWord {
    /// Nil when none is near: more than a third of the letters would have to change. One that differs in its case only is
    /// the nearest, however much of it does.
    package static func to(_ word: String, among known: [String]) -> String? {
        let small = word.lowercased()
        if let same = known.filter({ $0.lowercased() == small }).min() { return same }
        let near = known.map { (word: $0, distance: distance(Array(word.utf8), Array($0.utf8))) }
            .filter { 3 * $0.distance <= max(word.utf8.count, 3) }
        return near.min { ($0.distance, $0.word) < ($1.distance, $1.word) }?.word
    }

    /// Letters to put in, take out or change (Levenshtein), one row at a time.
    private static func distance(_ a: [UInt8], _ b: [UInt8]) -> Int {
        var row = Array(0...b.count)
        for (i, letter) in a.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, other) in b.enumerated() {
                let change = diagonal + (letter == other ? 0 : 1)
                diagonal = row[j + 1]
                row[j + 1] = min(change, row[j] + 1, diagonal + 1)
            }
        }
        return row[b.count]
    }
}
