package tollgate.money;

/// An account with money and a key.
record Customer(String account, long user, String key) {
    String bearer() {
        return "Authorization: Bearer " + key;
    }
}
