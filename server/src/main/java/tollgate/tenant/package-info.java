/// Who may call and who pays: accounts, users, memberships and keys.
@NullMarked
package tollgate.tenant;

import org.jspecify.annotations.NullMarked;
